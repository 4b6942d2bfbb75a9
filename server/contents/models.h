#pragma once
// From what the disk knows to Jupyter's model. Behind the door of server/contents.

#include "lib/jupyter/jupyter.h"
#include "server/contents/model.h"
#include "server/contents/root.h"

namespace allmende::contents {

// Without content; the type is the folder's, or what the file's name says.
jupyter::ContentsModel modelOf(const DrivePath& path, const Facts& facts, bool writable = true);

// Ready to send.
Model finished(const jupyter::ContentsModel& model);

}  // namespace allmende::contents
