#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/tensor.h"

namespace reelbatch::store {

/// What Npz() was given: the arrays in the order of the archive, and the text of `meta`.
struct NpzContent {
  std::vector<contracts::Tensor> arrays = {};
  std::string meta = {};
};

/// Reads an archive that Npz() wrote: stored members, .npy 1.0, little-endian, C order. Every
/// member's checksum is compared. Memory: at most the size of the file and its `meta`, however
/// large the sizes and shapes in it claim to be.
///
/// Errors: io (cannot be opened or read), out_of_memory,
///         corrupt (the context names file and member: not a zip archive, cut short, another
///         checksum, a compressed or encrypted member, another type or order, a shape that the
///         bytes do not fill, no `meta`)
base::Result<NpzContent> ReadNpz(const std::filesystem::path& file);

}  // namespace reelbatch::store
