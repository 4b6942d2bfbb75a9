#pragma once
// What a GET answers. Behind the door of server/contents.

#include "server/contents/model.h"
#include "server/contents/root.h"

namespace allmende::contents {

// NotFound also for what is hidden.
Result<Model> readModel(const Root& drive, const DrivePath& path, const GetWish& wish, std::size_t largest);

// The same without content; `message` says what is wrong with a notebook that was just saved.
Result<Model> describe(const Root& drive, const DrivePath& path, std::string message = {});

// For /files.
Result<OpenFile> openForSending(const Root& drive, const DrivePath& path);

// All of a file; NotFound also for what is hidden.
Result<Bytes> readBytes(const Root& drive, const DrivePath& path, std::size_t largest);

// The bytes of an open file of `size`; OverLimit when they are more than `largest`.
Result<std::string> readWhole(const OpenedFile& file, const DrivePath& path, std::size_t largest);

// "128 MB"
std::string inMegabytes(std::uint64_t bytes);

// What the entry of an open folder is, behind a link that stays in the drive; nullopt for what is neither file nor folder.
std::optional<Facts> listedFacts(const Root& drive, int folder, const DrivePath& path);

}  // namespace allmende::contents
