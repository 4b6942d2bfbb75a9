#pragma once
// Jupyter's protocol as values: messages, WebSocket codecs, ZMQ wire, kernelspecs, notebooks. No sockets, no clocks.
//
// Sources: jupyter_client's "Messaging in Jupyter" (protocol 5.5), jupyter_server's kernel WebSocket, ZMTP 3.0 (RFC 23), nbformat 4.5.

#include "lib/jupyter/contents.h"
#include "lib/jupyter/kernelspec.h"
#include "lib/jupyter/message.h"
#include "lib/jupyter/nbformat.h"
#include "lib/jupyter/websocket_codec.h"
#include "lib/jupyter/wire.h"
#include "lib/jupyter/zmtp.h"
