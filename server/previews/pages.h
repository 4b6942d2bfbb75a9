#pragma once
// What a browser is told at a preview's own name when the app cannot answer. Behind the door of server/previews.

#include <string>
#include <string_view>

#include "lib/net/net.h"

namespace allmende::previews {

// A title and a sentence, in English and in German.
struct Words {
  std::string_view title;
  std::string_view says;
  std::string_view titel;
  std::string_view sagt;
  bool looksAgain = false;  // the page, every three seconds
};

inline constexpr Words kGone{"This web app is not there any more", "The runtime that it ran in has ended, or it is shown no longer.",
    "Diese Web-App gibt es nicht mehr", "Die Laufzeit, in der sie lief, ist beendet, oder sie wird nicht mehr gezeigt."};
inline constexpr Words kUsedUp{"This link is used up", "Open the web app again from the notebook.", "Dieser Link ist verbraucht",
    "Öffne die Web-App noch einmal aus dem Notebook."};
inline constexpr Words kOtherSite{"Not from another site", "A page of another site may not call this web app.", "Nicht von anderen Seiten",
    "Eine fremde Seite darf diese Web-App nicht aufrufen."};
inline constexpr Words kMethod{"This method is unknown", "GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS reach the web app.",
    "Diese Methode ist unbekannt", "GET, HEAD, POST, PUT, PATCH, DELETE und OPTIONS erreichen die Web-App."};
inline constexpr Words kTooMany{"Too many connections", "The web apps of one person take 128 connections at once. Try again in a moment.",
    "Zu viele Verbindungen", "Die Web-Apps einer Person nehmen 128 Verbindungen zugleich an. Versuch es gleich noch einmal.", true};
inline constexpr Words kNotYet{"Allmende has just started", "It looks for the runtimes that run. This page looks again every few seconds.",
    "Allmende ist gerade erst gestartet", "Es sucht die Laufzeiten, die laufen. Diese Seite sieht alle paar Sekunden nach.", true};
inline constexpr Words kNothing{"Nothing answers at this port",
    "The web app has not started yet, or has ended. This page looks again every few seconds.", "An diesem Port antwortet nichts",
    "Die Web-App ist noch nicht gestartet oder hat sich beendet. Diese Seite sieht alle paar Sekunden nach.", true};
inline constexpr Words kHungUp{"The web app hung up", "It took the request and ended the connection without an answer.",
    "Die Web-App hat aufgelegt", "Sie nahm die Anfrage an und beendete die Verbindung ohne Antwort."};
inline constexpr Words kNoHttp{"This is no web app", "What listens at this port does not answer in HTTP.", "Das ist keine Web-App",
    "Was an diesem Port lauscht, antwortet nicht in HTTP."};

// In the language that the browser asks for.
net::Response pageOf(int status, const Words& words, const net::RequestHead& head);
// The bytes of a whole answer, 502 and in English, for a connection that was handed over.
std::string rawPageOf(const Words& words);

}  // namespace allmende::previews
