#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/tensor.h"

namespace reelbatch::store {

/// The input of Npz(): the arrays in the order of the archive, and the text of `meta`.
struct NpzContent {
  std::vector<contracts::Tensor> arrays = {};
  std::string meta = {};
};

/// Reads an archive that Npz() has written: stored members, .npy 1.0, little-endian, C order. The
/// checksum of every member is checked. Memory: at most the size of the file and its `meta`,
/// whatever sizes and shapes the file claims.
///
/// Errors: io (cannot be opened or read), out_of_memory,
///         corrupt (the context names file and member: not a zip archive, cut short, another
/// checksum, a compressed or encrypted member, another type or order, a shape that does not
/// match the bytes, no `meta`)
base::Result<NpzContent> ReadNpz(const std::filesystem::path& file);

}  // namespace reelbatch::store
