# The Rust crate behind lib/ydoc, as the library allmende_ydoc_bridge. Built once for all presets; cargo knows what has changed.
find_program(ALLMENDE_CARGO cargo REQUIRED PATHS /usr/bin NO_DEFAULT_PATH)  # the one that tools/install brings
set(ydoc_crate ${CMAKE_SOURCE_DIR}/lib/ydoc/bridge)
set(ydoc_target ${CMAKE_SOURCE_DIR}/build/ydoc)
file(GLOB ydoc_sources CONFIGURE_DEPENDS ${ydoc_crate}/src/*.rs)
add_custom_command(
  OUTPUT ${ydoc_target}/release/liballmende_ydoc.a ${ydoc_target}/cxxbridge/allmende-ydoc/src/lib.rs.h
  COMMAND ${CMAKE_COMMAND} -E env RUSTC=/usr/bin/rustc CXX=${CMAKE_CXX_COMPILER} CARGO_TARGET_DIR=${ydoc_target}
    ${ALLMENDE_CARGO} build --release --locked --quiet --manifest-path ${ydoc_crate}/Cargo.toml
  COMMAND ${CMAKE_COMMAND} -E touch ${ydoc_target}/release/liballmende_ydoc.a ${ydoc_target}/cxxbridge/allmende-ydoc/src/lib.rs.h
  DEPENDS ${ydoc_sources} ${ydoc_crate}/Cargo.toml ${ydoc_crate}/Cargo.lock ${ydoc_crate}/build.rs
  COMMENT "Building the Yjs bridge (Rust)" VERBATIM)
add_custom_target(allmende_ydoc_crate DEPENDS ${ydoc_target}/release/liballmende_ydoc.a)
add_library(allmende_ydoc_bridge INTERFACE)
add_dependencies(allmende_ydoc_bridge allmende_ydoc_crate)
target_include_directories(allmende_ydoc_bridge SYSTEM INTERFACE ${ydoc_target}/cxxbridge)
target_link_libraries(allmende_ydoc_bridge INTERFACE ${ydoc_target}/release/liballmende_ydoc.a ${CMAKE_DL_LIBS} m)
