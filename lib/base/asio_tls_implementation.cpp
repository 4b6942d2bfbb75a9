// Asio's TLS, apart, so that a program without it is linked without OpenSSL's.
#include <boost/asio/ssl/impl/src.hpp>
