# Compiles node/observe/rounding.bpf.c for the kernel's own machine and puts it into the room node_observe; on other processors than x86-64,
# which have no such register, there is none.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(rounding_object ${CMAKE_BINARY_DIR}/rounding.bpf.o)
  add_custom_command(OUTPUT ${rounding_object}
    COMMAND clang-19 -target bpf -O2 -g -Wall -Werror -D__TARGET_ARCH_x86 -I/usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
      -c ${CMAKE_SOURCE_DIR}/node/observe/rounding.bpf.c -o ${rounding_object}
    DEPENDS ${CMAKE_SOURCE_DIR}/node/observe/rounding.bpf.c)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/node/observe/rounding_object.cpp TARGET_DIRECTORY node_observe PROPERTIES
    OBJECT_DEPENDS ${rounding_object} COMPILE_DEFINITIONS "ALLMENDE_ROUNDING_OBJECT=\"${rounding_object}\"")
endif()
