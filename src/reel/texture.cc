#include "reel/texture.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "reel/overlay.h"
#include "reel/random.h"

namespace reelbatch::reel {
namespace {

// Dark to light, as grading tables of common footage: dusk, forest, skin and wood, concrete, sea,
// desert, neon, snow.
constexpr std::array<std::array<Yuv, 4>, kPalettes> kColours{{
    {{{28, 136, 124}, {70, 142, 126}, {120, 118, 150}, {200, 108, 146}}},
    {{{26, 124, 124}, {62, 112, 118}, {112, 104, 122}, {196, 112, 128}}},
    {{{34, 120, 136}, {88, 112, 148}, {142, 110, 148}, {214, 118, 134}}},
    {{{30, 130, 126}, {86, 130, 126}, {140, 128, 128}, {210, 126, 130}}},
    {{{30, 146, 118}, {78, 152, 108}, {128, 142, 112}, {218, 132, 122}}},
    {{{48, 118, 138}, {108, 108, 146}, {158, 104, 142}, {220, 118, 130}}},
    {{{22, 140, 132}, {64, 164, 140}, {118, 150, 166}, {190, 116, 170}}},
    {{{64, 134, 124}, {128, 134, 124}, {182, 130, 126}, {228, 128, 128}}},
}};

/// A smooth wave of period 1 between 0 and 1, without a library's sine.
double Wave(double t) {
  const double phase = t - static_cast<double>(static_cast<int64_t>(t)) + (t < 0 ? 1 : 0);
  return SmoothStep(phase < 0.5 ? 2 * phase : 2 - 2 * phase);
}

/// Values in [0, 1) for every sample of a canvas.
class Field {
 public:
  Field(int width, int height)
      : width_(width),
        height_(height),
        values_(static_cast<size_t>(width) * static_cast<size_t>(height)) {}
  int width() const { return width_; }
  int height() const { return height_; }
  double& at(int x, int y) {
    return values_[static_cast<size_t>(y) * static_cast<size_t>(width_) + static_cast<size_t>(x)];
  }

 private:
  int width_;
  int height_;
  std::vector<double> values_;
};

double LatticeValue(uint64_t seed, int x, int y) {
  const uint64_t bits = Mix64(seed ^ Mix64((static_cast<uint64_t>(static_cast<uint32_t>(x)) << 32) |
                                           static_cast<uint32_t>(y)));
  return static_cast<double>(bits >> 40) / 16777216.0;
}

/// Adds one octave of value noise with `cells` x `cells` lattice points over the canvas.
void AddOctave(uint64_t seed, int cells, double amplitude, Field& field) {
  const int nx = std::min(cells, field.width());
  const int ny = std::min(cells, field.height());
  const int cell_w = field.width() / nx;
  const int cell_h = field.height() / ny;
  std::vector<double> upper(static_cast<size_t>(nx) + 1);
  std::vector<double> lower(upper.size());
  std::vector<double> ease(static_cast<size_t>(cell_w));
  for (int i = 0; i < cell_w; ++i) {
    ease[static_cast<size_t>(i)] = SmoothStep(static_cast<double>(i) / cell_w);
  }
  for (int cy = 0; cy < ny; ++cy) {
    for (int cx = 0; cx <= nx; ++cx) {
      upper[static_cast<size_t>(cx)] = LatticeValue(seed, cx % nx, cy);
      lower[static_cast<size_t>(cx)] = LatticeValue(seed, cx % nx, (cy + 1) % ny);
    }
    for (int i = 0; i < cell_h; ++i) {
      const double fy = SmoothStep(static_cast<double>(i) / cell_h);
      for (int cx = 0; cx < nx; ++cx) {
        const auto at = static_cast<size_t>(cx);
        const double left = upper[at] + (lower[at] - upper[at]) * fy;
        const double right = upper[at + 1] + (lower[at + 1] - upper[at + 1]) * fy;
        double* out = &field.at(cx * cell_w, cy * cell_h + i);
        for (int j = 0; j < cell_w; ++j) {
          out[j] += amplitude * (left + (right - left) * ease[static_cast<size_t>(j)]);
        }
      }
    }
  }
}

/// `octaves` octaves, the first with `cells` (a power of two) lattice points a side, each half as
/// strong again; sums below 1.
Field ValueNoise(uint64_t seed, int cells, int octaves, int width, int height) {
  constexpr double kGain = 0.58;  // between clouds (.5) and gravel (.7)
  double total = 0;
  double amplitude = 1;
  for (int i = 0; i < octaves; ++i, amplitude *= kGain) total += amplitude;
  Field field(width, height);
  amplitude = 1 / total;
  for (int i = 0; i < octaves; ++i, amplitude *= kGain, cells *= 2) {
    AddOctave(seed + static_cast<uint64_t>(i) * 7919, cells, amplitude, field);
  }
  return field;
}

/// Sums of octaves crowd around a half; this spreads them over the palette.
double Spread(double t) { return std::clamp((t - 0.5) * 2.2 + 0.5, 0.0, 1.0); }

void PaintNoise(uint64_t /*seed*/, Field& grain) {
  for (int y = 0; y < grain.height(); ++y) {
    for (int x = 0; x < grain.width(); ++x) grain.at(x, y) = Spread(grain.at(x, y));
  }
}

void PaintPlasma(uint64_t seed, Field& grain) {
  Random random(seed);
  const int waves_x = 2 + static_cast<int>(random.Unit() * 3);
  const int waves_y = 1 + static_cast<int>(random.Unit() * 3);
  Field warp = ValueNoise(seed ^ 0x57, 4, 3, grain.width(), grain.height());
  for (int y = 0; y < grain.height(); ++y) {
    for (int x = 0; x < grain.width(); ++x) {
      const double u = static_cast<double>(x) / grain.width();
      const double v = static_cast<double>(y) / grain.height();
      const double bend = warp.at(x, y) * 3;
      const double wave = (Wave(u * waves_x + bend) + Wave(v * waves_y + bend * 0.7)) / 2;
      grain.at(x, y) = 0.8 * wave + 0.2 * Spread(grain.at(x, y));
    }
  }
}

void PaintStripes(uint64_t seed, Field& grain) {
  Random random(seed);
  constexpr int kBars = 24;
  std::array<double, kBars> edge{};
  std::array<double, kBars> tone{};
  double at = 0;
  for (size_t i = 0; i < kBars; ++i) {
    at += random.Between(0.4, 1.6);
    edge[i] = at;
    tone[i] = random.Between(0.05, 0.95);
  }
  const double windows = 20 + 12 * random.Unit();  // dark rows on every other bar, as on houses
  for (int x = 0; x < grain.width(); ++x) {
    const double u = at * (x + 0.5) / grain.width();
    const auto bar = static_cast<size_t>(std::ranges::lower_bound(edge, u) - edge.begin());
    for (int y = 0; y < grain.height(); ++y) {
      const double row = static_cast<double>(y) / grain.height() * static_cast<int>(windows);
      const bool dark = bar % 2 == 0 && row - static_cast<int>(row) < 0.35;
      const double base = dark ? tone[bar] * 0.45 : tone[bar];
      grain.at(x, y) = std::clamp(base + 0.5 * (grain.at(x, y) - 0.5), 0.0, 1.0);
    }
  }
}

void PaintTiles(uint64_t seed, Field& grain) {
  constexpr int kColumns = 12;
  constexpr int kRows = 16;  // even, so that the offset of every other row closes on itself
  for (int y = 0; y < grain.height(); ++y) {
    const double v = static_cast<double>(y) * kRows / grain.height();
    const int row = static_cast<int>(v);
    for (int x = 0; x < grain.width(); ++x) {
      const double u = static_cast<double>(x) * kColumns / grain.width() + (row % 2 == 0 ? 0 : 0.5);
      const int column = static_cast<int>(u) % kColumns;
      const bool mortar = u - static_cast<int>(u) < 0.05 || v - row < 0.09;
      const double tone = mortar ? 0.08 : 0.3 + 0.6 * LatticeValue(seed, column, row);
      grain.at(x, y) = std::clamp(tone + 0.6 * (grain.at(x, y) - 0.5), 0.0, 1.0);
    }
  }
}

void PaintHills(uint64_t seed, Field& grain) {
  constexpr int kRidges = 5;
  Field line = ValueNoise(seed ^ 0x41, 4, 5, grain.width(), 8 * kRidges);
  for (int y = 0; y < grain.height(); ++y) {
    const double v = static_cast<double>(y) / grain.height();
    for (int x = 0; x < grain.width(); ++x) {
      const double texture = grain.at(x, y) - 0.5;
      double tone = 1 - 0.35 * v + 0.25 * texture;  // sky
      for (int ridge = 0; ridge < kRidges; ++ridge) {
        const double top = 0.2 + 0.17 * ridge + 0.3 * (line.at(x, 8 * ridge) - 0.5);
        if (v > top) tone = 0.62 - 0.13 * ridge + (0.35 + 0.12 * ridge) * texture;
      }
      grain.at(x, y) = std::clamp(tone, 0.0, 1.0);
    }
  }
}

/// Ragged lines of writing on paper that is not quite even. A dot is a 256th of the canvas high.
void PaintText(uint64_t seed, Field& grain) {
  const int dot = std::max(1, grain.height() / 256);
  for (int y = 0; y < grain.height(); ++y) {
    const int line = y / (8 * dot);
    const double length = 0.5 + 0.5 * LatticeValue(seed, line, 1);
    const bool blank = LatticeValue(seed, line, 2) < 0.2;  // between paragraphs
    for (int x = 0; x < grain.width(); ++x) {
      const bool ink = !blank && x < length * grain.width() && HasInk(seed, x / dot, y / dot);
      grain.at(x, y) = ink ? 0.05 : 0.96 + 0.04 * grain.at(x, y);
    }
  }
}

void PaintFlat(uint64_t seed, Field& grain) {
  const double tone = Random(seed).Between(0.2, 0.8);
  for (int y = 0; y < grain.height(); ++y) {
    for (int x = 0; x < grain.width(); ++x) grain.at(x, y) = tone;
  }
}

void PaintTone(Texture texture, uint64_t seed, Field& grain) {
  switch (texture) {
    case Texture::kNoise:
      return PaintNoise(seed, grain);
    case Texture::kPlasma:
      return PaintPlasma(seed, grain);
    case Texture::kStripes:
      return PaintStripes(seed, grain);
    case Texture::kTiles:
      return PaintTiles(seed, grain);
    case Texture::kHills:
      return PaintHills(seed, grain);
    case Texture::kText:
      return PaintText(seed, grain);
    case Texture::kFlat:
      return PaintFlat(seed, grain);
  }
}

uint8_t Code(double value) {
  return static_cast<uint8_t>(std::lround(std::clamp(value, 16.0, 235.0)));
}

int CanvasSide(int frame_side) {
  return static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::max(frame_side, 64))));
}

}  // namespace

Yuv PaletteColour(int palette, double tone) {
  const auto& colours = kColours[static_cast<size_t>(palette)];
  const double at = std::clamp(tone, 0.0, 1.0) * (static_cast<double>(colours.size()) - 1);
  const size_t low = std::min(static_cast<size_t>(at), colours.size() - 2);
  const double share = at - static_cast<double>(low);
  const Yuv& a = colours[low];
  const Yuv& b = colours[low + 1];
  return {a.y + (b.y - a.y) * share, a.u + (b.u - a.u) * share, a.v + (b.v - a.v) * share};
}

int PaletteOf(const Shot& shot, uint64_t seed) {
  return shot.palette >= 0 ? shot.palette : static_cast<int>(Mix64(seed ^ 0x9a1e77e) % kPalettes);
}

Canvas PaintCanvas(const Shot& shot, uint64_t seed, int frame_width, int frame_height) {
  const int width = CanvasSide(frame_width);
  const int height = CanvasSide(frame_height);
  const int palette = PaletteOf(shot, seed);
  Field tone = ValueNoise(seed, 4, 7, width, height);
  PaintTone(shot.texture, seed, tone);
  Field tint = ValueNoise(seed ^ 0x7137, 4, 3, width / 2, height / 2);
  const double tint_share = shot.texture == Texture::kFlat || shot.texture == Texture::kText
                                ? 0
                                : 40;  // chroma codes, whole swing

  Canvas canvas{.y = {width, height}, .u = {width / 2, height / 2}, .v = {width / 2, height / 2}};
  for (int y = 0; y < height; ++y) {
    uint8_t* out = canvas.y.row(y);
    for (int x = 0; x < width; ++x) out[x] = Code(PaletteColour(palette, tone.at(x, y)).y);
  }
  for (int y = 0; y < height / 2; ++y) {
    for (int x = 0; x < width / 2; ++x) {
      const Yuv colour = PaletteColour(palette, tone.at(2 * x, 2 * y));
      const double shift = tint_share * (tint.at(x, y) - 0.5);
      canvas.u.row(y)[x] = Code(colour.u + shift);
      canvas.v.row(y)[x] = Code(colour.v - shift);
    }
  }
  return canvas;
}

}  // namespace reelbatch::reel
