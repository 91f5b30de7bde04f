#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "image/plane.h"

/// For tests: the planes and the numbers of tests/fixtures/vision. tools/make_vision_fixtures.py
/// holds the same formulas; keep the two alike.
namespace reelbatch::vision::fixture {

/// The lines of a fixture file, comments left out.
inline std::vector<std::istringstream> Lines(const std::string& name) {
  const std::string path = std::string(REELBATCH_SOURCE_DIR) + "/tests/fixtures/vision/" + name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  std::vector<std::istringstream> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') lines.emplace_back(line);
  }
  if (lines.empty()) throw std::runtime_error(path + ": has no line");
  return lines;
}

/// The next field of a line; "nan" is a number too.
template <class T>
T Next(std::istringstream& line) {
  std::string field;
  if (!(line >> field)) throw std::runtime_error("fixture line ends early: " + line.str());
  if constexpr (std::is_same_v<T, std::string>) {
    return field;
  } else {
    return static_cast<T>(std::stod(field));
  }
}

/// A 32-bit hash of a lattice point.
inline uint32_t LatticeHash(int64_t x, int64_t y, int64_t seed) {
  uint32_t n = static_cast<uint32_t>(x) * 374761393U + static_cast<uint32_t>(y) * 668265263U +
               static_cast<uint32_t>(seed) * 2246822519U;
  n = (n ^ (n >> 13U)) * 1274126177U;
  return n ^ (n >> 16U);
}

/// Hashed lattice of cells 2^bits wide, bilinear between the corners, 0..255.
inline int64_t ValueNoise(int64_t x, int64_t y, int64_t seed, int bits) {
  const int64_t cell = int64_t{1} << bits;
  const int64_t part_x = x & (cell - 1);
  const int64_t part_y = y & (cell - 1);
  const auto corner = [&](int64_t right, int64_t down) {
    return int64_t{LatticeHash((x >> bits) + right, (y >> bits) + down, seed) >> 24U};
  };
  const int64_t top = corner(0, 0) * (cell - part_x) + corner(1, 0) * part_x;
  const int64_t bottom = corner(0, 1) * (cell - part_x) + corner(1, 1) * part_x;
  return (top * (cell - part_y) + bottom * part_y) >> (2 * bits);
}

/// "kind:seed:dx:dy:noise": the picture stands dx, dy away; noise is +- that many levels and stays
/// put.
struct PlaneSpec {
  std::string kind;
  int64_t seed = 0;
  int64_t dx = 0;
  int64_t dy = 0;
  int64_t noise = 0;

  explicit PlaneSpec(const std::string& text) {
    std::istringstream fields(text);
    std::getline(fields, kind, ':');
    char colon = 0;
    fields >> seed >> colon >> dx >> colon >> dy >> colon >> noise;
  }

  int64_t Sample(int64_t column, int64_t row, int width) const {
    const int64_t x = column - dx + 1024;
    const int64_t y = row - dy + 1024;
    if (kind == "flat") return seed;
    if (kind == "gradient") return ((column + dx) * 255 / std::max(width - 1, 1)) & 255;
    if (kind == "noise") return LatticeHash(x, y, seed) >> 24U;
    if (kind == "checks") return (x / seed + y / seed) % 2 == 0 ? 255 : 0;
    if (kind == "blocks") return LatticeHash(x / 13, y / 9, seed) >> 24U;
    if (kind == "texture")
      return (3 * ValueNoise(x, y, seed, 5) + ValueNoise(x, y, seed + 1, 3)) / 4;
    throw std::runtime_error("unknown kind of plane: " + kind);
  }
};

inline image::Plane<uint8_t> SyntheticPlane(int width, int height, const std::string& text) {
  const PlaneSpec spec(text);
  image::Plane<uint8_t> plane(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int64_t sample = spec.Sample(x, y, width);
      if (spec.noise > 0) {
        const int64_t grain = LatticeHash(x, y, 9000 + spec.seed + spec.dx) >> 8U;
        sample += grain % (2 * spec.noise + 1) - spec.noise;
      }
      plane.row(y)[x] = static_cast<uint8_t>(std::clamp<int64_t>(sample, 0, 255));
    }
  }
  return plane;
}

/// A copy of a view that starts one sample off alignment, with rows further apart than they are
/// long and other samples between them.
class OffsetCopy {
 public:
  explicit OffsetCopy(image::ImageView<uint8_t> in)
      : stride_(in.width + 13),
        samples_(static_cast<size_t>(stride_) * static_cast<size_t>(in.height + 1) + 1, 0xA5),
        view_{.data = samples_.data() + 1,
              .width = in.width,
              .height = in.height,
              .stride = stride_} {
    for (int y = 0; y < in.height; ++y) {
      std::copy_n(in.row(y), in.width, samples_.data() + 1 + stride_ * y);
    }
  }
  OffsetCopy(const OffsetCopy&) = delete;
  OffsetCopy& operator=(const OffsetCopy&) = delete;
  image::ImageView<uint8_t> view() const { return view_; }

 private:
  ptrdiff_t stride_;
  std::vector<uint8_t> samples_;
  image::ImageView<uint8_t> view_;
};

inline bool Same(const image::Plane<uint8_t>& a, const image::Plane<uint8_t>& b) {
  if (a.width() != b.width() || a.height() != b.height()) return false;
  for (int y = 0; y < a.height(); ++y) {
    if (!std::equal(a.row(y), a.row(y) + a.width(), b.row(y))) return false;
  }
  return true;
}

}  // namespace reelbatch::vision::fixture
