#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "media/split.h"

namespace reelbatch::media {

/// Errors: invalid_argument (a piece is empty, out of order or overlaps the one before; an output
/// is the source or another piece's).
base::Status CheckPieces(const std::filesystem::path& source, const std::vector<Piece>& pieces);

/// True where a cancelled token is given.
bool Cancelled(const base::CancelToken* cancel);
std::unexpected<base::Error> CancelledError(const std::filesystem::path& source);

}  // namespace reelbatch::media
