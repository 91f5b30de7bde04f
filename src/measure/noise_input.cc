#include "measure/noise_input.h"

#include <algorithm>
#include <array>
#include <vector>

namespace reelbatch::measure {
namespace {

/// SplitMix64: three pixels' bytes and more in every step. Source: Vigna, "splitmix64.c".
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint32_t Next() {
    state_ += 0x9E3779B97F4A7C15U;
    uint64_t bits = state_;
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
    return static_cast<uint32_t>((bits ^ (bits >> 31U)) >> 32U);
  }

 private:
  uint64_t state_;
};

/// Weights of R, G, B in 1/65536, rows Y, Cb, Cr; limited range. Source: ITU-R BT.601 and BT.709.
using Matrix = std::array<std::array<int, 3>, 3>;

Matrix MatrixOf(bool bt709) {
  const double kr = bt709 ? 0.2126 : 0.299;
  const double kb = bt709 ? 0.0722 : 0.114;
  const double kg = 1 - kr - kb;
  const auto fixed = [](double weight) {
    return static_cast<int>(weight * 65536 + (weight < 0 ? -0.5 : 0.5));
  };
  const double luma = 219.0 / 255;
  const double cb = 224.0 / 255 / (2 * (1 - kb));
  const double cr = 224.0 / 255 / (2 * (1 - kr));
  return {{{fixed(luma * kr), fixed(luma * kg), fixed(luma * kb)},
           {fixed(-cb * kr), fixed(-cb * kg), fixed(cb * (1 - kb))},
           {fixed(cr * (1 - kr)), fixed(-cr * kg), fixed(-cr * kb)}}};
}

/// Sums of R, G, B over the pixels of one chroma sample, and their number.
struct Cell {
  std::array<int, 3> sum{};
  int count = 0;
};

uint8_t Level(const std::array<int, 3>& weights, const std::array<int, 3>& rgb, int count,
              int zero) {
  int level = 0;
  for (size_t i = 0; i < 3; ++i) level += weights[i] * rgb[i];
  const int scale = 65536 * count;
  return static_cast<uint8_t>((level + zero * scale + scale / 2) /
                              scale);  // never below 0: zero is added first
}

}  // namespace

void FillWithNoise(FrameStack& stack, uint64_t seed) {
  const Matrix matrix = MatrixOf(stack.frame(0).view.bt709);
  const int width = stack.shape().width;
  std::vector<Cell> cells(static_cast<size_t>(stack.plane_width(1)));
  Random random(seed);
  for (int frame = 0; frame < stack.frames(); ++frame) {
    for (int y = 0; y < stack.shape().height; ++y) {
      if (y % 2 == 0) std::ranges::fill(cells, Cell{});
      uint8_t* luma = stack.row(frame, 0, y);
      for (int x = 0; x < width; ++x) {
        const uint32_t bits = random.Next();
        const std::array<int, 3> rgb = {static_cast<int>(bits & 255U),
                                        static_cast<int>(bits >> 8U & 255U),
                                        static_cast<int>(bits >> 16U & 255U)};
        luma[x] = Level(matrix[0], rgb, 1, 16);
        Cell& cell = cells[static_cast<size_t>(x / 2)];
        for (size_t i = 0; i < 3; ++i) cell.sum[i] += rgb[i];
        ++cell.count;
      }
      uint8_t* u = stack.row(frame, 1, y / 2);
      uint8_t* v = stack.row(frame, 2, y / 2);
      if (y % 2 == 0 && y + 1 < stack.shape().height) continue;
      for (size_t x = 0; x < cells.size(); ++x) {
        u[x] = Level(matrix[1], cells[x].sum, cells[x].count, 128);
        v[x] = Level(matrix[2], cells[x].sum, cells[x].count, 128);
      }
    }
  }
}

}  // namespace reelbatch::measure
