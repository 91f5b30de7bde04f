#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reelbatch::store {

/// One array of an .npz file. `bytes` are the elements, little-endian, last dimension fastest.
struct NpyArray {
  std::string name;            // without ".npy"
  std::string descr;           // NumPy's type string: "<f4", "<f8", "<i4", "<i2", "|b1", "<U7"
  std::vector<int64_t> shape;  // empty: a scalar
  std::string bytes;
};

NpyArray F4(std::string name, std::span<const float> values);
NpyArray F8(std::string name, std::span<const double> values);
NpyArray I4(std::string name, std::span<const int32_t> values);
NpyArray I2(std::string name, std::span<const int16_t> values);
/// One byte per value, 0 or 1. `columns` > 0 makes it [values / columns, columns].
NpyArray Bool(std::string name, std::span<const uint8_t> values, int columns = 0);
/// A unicode scalar; invalid UTF-8 becomes U+FFFD.
NpyArray Unicode(std::string name, std::string_view text);

/// The .npz archive that numpy.load(allow_pickle=False) reads: .npy 1.0 members in the order given,
/// stored without compression (so that no zlib version changes the bytes), stamped 1980-01-01. Same
/// arrays, same bytes. Errors: internal (libzip's words; bytes that do not fill the shape),
/// out_of_memory. Source: numpy.lib.format, "Format Version 1.0".
base::Result<std::string> Npz(const std::vector<NpyArray>& arrays);

}  // namespace reelbatch::store
