#pragma once
// The files of an account inside its runtime: the folder the server keeps them in, mounted with its owner mapped to the kernels' user. What
// is written on one side is at once on the other. Nothing of the kernel limits how much: so it is measured, and when it is too much,
// closed.

#include <string>

#include "node/sandbox/mounts.h"
#include "node/sandbox/site.h"

namespace allmende::sandbox {

// Opens the account's folder, making it when it is missing. Fails with InvalidInput for what is no account's name, Denied when the folder
// is not the server's own.
Result<Fd> openDrive(const Places& places, const std::string& account);

// Mounts it at /content/drive/MyDrive of a sandbox with these ids, whose agent is the process `pid`.
Result<> mountDrive(const Places& places, const Fd& drive, const IdMap& ids, int pid);

// What lies below a folder: the sum of its files' lengths, each and every folder counted as 4 KiB at least. Follows no links, leaves no
// descriptor open; what is nested deeper than 256 folders, or more than 5 million entries, counts as more than anybody may have.
std::int64_t measureTree(const Fd& folder);

// Forbids or allows writing to the mount `mounted` of the mount namespace `space`. Fails with Conflict while something is open for writing.
Result<> setWriting(const Fd& space, const Fd& mounted, Writing writing);

}  // namespace allmende::sandbox
