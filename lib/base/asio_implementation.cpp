// The one translation unit that holds Asio's implementation (BOOST_ASIO_SEPARATE_COMPILATION). Compiled with the same definitions as
// every other: BOOST_ASIO_NO_DEPRECATED changes what functions return, so that half a program without it calls the other half wrongly.
#include <boost/asio/impl/src.hpp>
