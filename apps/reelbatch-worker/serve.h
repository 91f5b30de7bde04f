#pragma once

#include <vector>

#include "base/fd.h"

namespace reelbatch::worker {

/// Loads the model that the first connection asks for, and runs batches of all connections until
/// they are closed.
void Serve(std::vector<base::Fd> sockets);

}  // namespace reelbatch::worker
