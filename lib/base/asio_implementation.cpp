// The one translation unit that holds Asio's implementation (BOOST_ASIO_SEPARATE_COMPILATION). Asio 1.26 uses deprecated names itself.
#undef BOOST_ASIO_NO_DEPRECATED
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
