#include "components/cut_detection/soft/coarse_frame.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace reelbatch::components::soft {
namespace {

constexpr int kTableSteps = 1024;

// CIE L* / 100 over relative luminance 0..1.
const std::array<float, kTableSteps + 1>& LightnessTable() {
  static const auto kTable = [] {
    std::array<float, kTableSteps + 1> table{};
    for (int i = 0; i <= kTableSteps; ++i) {
      const double y = static_cast<double>(i) / kTableSteps;
      const double lightness = y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
      table[static_cast<size_t>(i)] = static_cast<float>(lightness / 100);
    }
    return table;
  }();
  return kTable;
}

// sRGB's curve undone, for levels 0..255.
const std::array<float, 256>& LinearTable() {
  static const auto kTable = [] {
    std::array<float, 256> table{};
    for (size_t i = 0; i < table.size(); ++i) {
      const double c = static_cast<double>(i) / 255;
      table[i] = static_cast<float>(c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
    }
    return table;
  }();
  return kTable;
}

struct Matrix {
  float red_of_cr;
  float green_of_cb;
  float green_of_cr;
  float blue_of_cb;
};
// For chroma in full range around 128. BT.601 and BT.709.
constexpr Matrix k601{1.402F, 0.344136F, 0.714136F, 1.772F};
constexpr Matrix k709{1.5748F, 0.187324F, 0.468124F, 1.8556F};

// Of a value that is not negative; std::lround would be a call.
int Nearest(float value) {
  return static_cast<int>(value + 0.5F);  // NOLINT(bugprone-incorrect-roundings)
}

int Rounded(float level) { return Nearest(std::clamp(level, 0.0F, 255.0F)); }

// Mean of four samples of the plane that lie in cell (x, y), as full-range levels.
class ChromaCells {
 public:
  ChromaCells(image::ImageView<uint8_t> plane, bool full_range, int cells_x, int cells_y)
      : plane_(plane),
        scale_(full_range ? 1.0F : 255.0F / 224.0F),
        cells_x_(cells_x),
        cells_y_(cells_y) {}

  uint8_t At(int x, int y) const {
    if (plane_.empty()) return 128;
    int sum = 0;
    for (const int quarter_y : {1, 3}) {
      const uint8_t* row = plane_.row(plane_.height * (4 * y + quarter_y) / (4 * cells_y_));
      for (const int quarter_x : {1, 3}) {
        sum += row[plane_.width * (4 * x + quarter_x) / (4 * cells_x_)];
      }
    }
    const float level = (static_cast<float>(sum) / 4 - 128) * scale_ + 128;
    return static_cast<uint8_t>(Rounded(level));
  }

 private:
  image::ImageView<uint8_t> plane_;
  float scale_;
  int cells_x_;
  int cells_y_;
};

// Sums and extremes of one row or column.
struct Line {
  int sum = 0;
  int least = 255;
  int most = 0;

  void Add(int level) {
    sum += level;
    least = std::min(least, level);
    most = std::max(most, level);
  }
};

// FrameLook::spread and FrameLook::range.
void MeasureContent(const CoarseFrame& coarse, FrameLook& look) {
  std::array<Line, CoarseFrame::kMostSide> columns{};
  int64_t squares = 0;
  double row_part = 0;
  int row_range = 0;
  const uint8_t* level = coarse.levels.data();
  for (int y = 0; y < coarse.height; ++y, level += coarse.width) {
    Line row;
    for (int x = 0; x < coarse.width; ++x) {
      row.Add(level[x]);
      columns[static_cast<size_t>(x)].Add(level[x]);
      squares += int64_t{level[x]} * level[x];
    }
    row_part += static_cast<double>(row.sum) * row.sum / coarse.width;
    row_range = std::max(row_range, row.most - row.least);
  }
  double column_part = 0;
  int column_range = 0;
  for (int x = 0; x < coarse.width; ++x) {
    const Line& column = columns[static_cast<size_t>(x)];
    column_part += static_cast<double>(column.sum) * column.sum / coarse.height;
    column_range = std::max(column_range, column.most - column.least);
  }
  const double about = static_cast<double>(squares) - std::max(row_part, column_part);
  const double count = std::max(1, coarse.width * coarse.height);
  look.spread = static_cast<float>(std::sqrt(std::max(0.0, about) / count));
  look.range = static_cast<float>(std::min(row_range, column_range));
}

}  // namespace

void MakeCoarse(const hard::Picture& picture, const image::FrameView& frame, CoarseFrame& out) {
  const vision::MotionPlane& plane = picture.luma;
  out.width = plane.width() / 4;
  out.height = plane.height() / 4;
  uint8_t* level = out.levels.data();
  for (int y = 0; y < out.height; ++y) {
    const uint8_t* upper = plane.half() + plane.half_stride() * (2 * ptrdiff_t{y});
    const uint8_t* lower = upper + plane.half_stride();
    for (ptrdiff_t x = 0; x < out.width; ++x) {
      const int four = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
      *level++ = static_cast<uint8_t>((four + 2) / 4);
    }
  }
  const int chroma_width = out.width / 2;
  const int chroma_height = out.height / 2;
  for (const auto& chroma : {frame.u, frame.v}) {
    const ChromaCells cells(chroma, frame.full_range, chroma_width, chroma_height);
    for (int y = 0; y < chroma_height; ++y) {
      for (int x = 0; x < chroma_width; ++x) *level++ = cells.At(x, y);
    }
  }
  out.samples = static_cast<size_t>(level - out.levels.data());
}

FrameLook LookAt(const CoarseFrame& coarse, bool bt709) {
  const Matrix& matrix = bt709 ? k709 : k601;
  const auto& linear = LinearTable();
  const auto& lightness = LightnessTable();
  const int chroma_width = coarse.width / 2;
  const int chroma_height = coarse.height / 2;
  const uint8_t* const blue_plane =
      coarse.levels.data() + int64_t{1} * coarse.width * coarse.height;
  const uint8_t* const red_plane = blue_plane + int64_t{1} * chroma_width * chroma_height;
  float value_sum = 0;
  float lightness_sum = 0;
  float luma_sum = 0;
  for (int y = 0; y < coarse.height; ++y) {
    const int chroma_row = std::min(y / 2, chroma_height - 1) * chroma_width;
    for (int x = 0; x < coarse.width; ++x) {
      const int at = chroma_row + std::min(x / 2, chroma_width - 1);
      const float level = coarse.at(x, y);
      const float cb = static_cast<float>(blue_plane[at]) - 128;
      const float cr = static_cast<float>(red_plane[at]) - 128;
      const int r = Rounded(level + matrix.red_of_cr * cr);
      const int g = Rounded(level - matrix.green_of_cb * cb - matrix.green_of_cr * cr);
      const int b = Rounded(level + matrix.blue_of_cb * cb);
      const float luminance = 0.212671F * linear[static_cast<size_t>(r)] +
                              0.715160F * linear[static_cast<size_t>(g)] +
                              0.072169F * linear[static_cast<size_t>(b)];
      luma_sum += level;
      value_sum += static_cast<float>(std::max({r, g, b}));
      lightness_sum += lightness[static_cast<size_t>(Nearest(luminance * kTableSteps))];
    }
  }
  const auto count = static_cast<float>(std::max(1, coarse.width * coarse.height));
  FrameLook look{
      .hsv_v = value_sum / (255 * count), .lab_l = lightness_sum / count, .mean = luma_sum / count};
  MeasureContent(coarse, look);
  return look;
}

float RangeOf(const CoarseFrame& coarse) {
  FrameLook look;
  MeasureContent(coarse, look);
  return look.range;
}

float Distance(const CoarseFrame& a, const CoarseFrame& b) {
  // In 16 bits, the way that compilers turn into multiply-and-add of vectors.
  int32_t sum = 0;
  for (size_t i = 0; i < a.samples; ++i) {
    const auto difference = static_cast<int16_t>(int16_t{a.levels[i]} - int16_t{b.levels[i]});
    sum += int32_t{difference} * int32_t{difference};
  }
  return static_cast<float>(sum) / static_cast<float>(std::max<size_t>(1, a.samples));
}

}  // namespace reelbatch::components::soft
