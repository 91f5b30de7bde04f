#pragma once

#include <vector>

#include "base/fd.h"

namespace reelbatch::worker {

/// Loads the model that the first connection asks for, and runs the batches of all connections.
/// When one of them is closed, the process ends. Returns if the model cannot be loaded.
void Serve(std::vector<base::Fd> sockets);

}  // namespace reelbatch::worker
