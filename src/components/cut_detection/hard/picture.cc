#include "components/cut_detection/hard/picture.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace reelbatch::components::hard {
namespace {

// 20 x 11 blocks at 16:9. At this size a block is 1/20 of the width, a face in a medium shot two or
// three blocks, grain and coding noise are averaged away, and the search range of 16 samples is a
// tenth of the width per frame.
constexpr int kLongSide = 160;
constexpr int kSmallestSide = 16;

int WholeBlocks(double side) {
  const auto blocks = static_cast<int>(std::lround(side / vision::kMotionBlock));
  return std::max(kSmallestSide, blocks * vision::kMotionBlock);
}

// Bins of 16 levels, one of them centred on grey, so that noise around grey does not change bins.
int ChromaBin(int level) {
  constexpr int kOffset = 8 - Picture::kChromaBins / 2;
  return std::clamp(((level + 8) / 16) - kOffset, 0, Picture::kChromaBins - 1);
}

// The samples of one chroma plane that stand for a row of cells: the mean of two rows, two samples
// each.
class ChromaRow {
 public:
  ChromaRow(image::ImageView<uint8_t> plane, int y, int cells_x, int cells_y)
      : plane_(plane), cells_x_(cells_x) {
    if (plane.empty()) return;
    const int top = plane.height * (4 * y + 1) / (4 * cells_y);
    const int bottom = plane.height * (4 * y + 3) / (4 * cells_y);
    upper_ = plane.row(top);
    lower_ = plane.row(bottom);
  }
  int at(int x) const {
    if (upper_ == nullptr) return 128;
    const int left = plane_.width * (4 * x + 1) / (4 * cells_x_);
    const int right = plane_.width * (4 * x + 3) / (4 * cells_x_);
    return (upper_[left] + upper_[right] + lower_[left] + lower_[right] + 2) / 4;
  }

 private:
  image::ImageView<uint8_t> plane_;
  int cells_x_ = 1;
  const uint8_t* upper_ = nullptr;
  const uint8_t* lower_ = nullptr;
};

}  // namespace

vision::Size PictureSize(int width, int height) {
  const double scale = static_cast<double>(kLongSide) / std::max({width, height, 1});
  const double shrink = std::min(1.0, scale);
  return {.width = WholeBlocks(width * shrink), .height = WholeBlocks(height * shrink)};
}

void PictureMaker::Make(image::ImageView<uint8_t> luma, const image::FrameView& frame,
                        Picture& out) {
  scaler_.Resize(luma, PictureSize(luma.width, luma.height), small_);
  out.luma.Assign(small_.view());
  const int cells_x = out.luma.width() / 2;
  const int cells_y = out.luma.height() / 2;
  out.cells = cells_x * cells_y;
  out.colours.fill(0);
  for (int y = 0; y < cells_y; ++y) {
    const uint8_t* levels = out.luma.half() + out.luma.half_stride() * y;
    const ChromaRow blue(frame.u, y, cells_x, cells_y);
    const ChromaRow red(frame.v, y, cells_x, cells_y);
    for (int x = 0; x < cells_x; ++x) {
      const int luma_bin = levels[x] * Picture::kLumaBins / 256;
      const int bin =
          (luma_bin * Picture::kChromaBins + ChromaBin(blue.at(x))) * Picture::kChromaBins +
          ChromaBin(red.at(x));
      ++out.colours[static_cast<size_t>(bin)];
    }
  }
}

float ColourDistance(const Picture& a, const Picture& b) {
  if (a.cells == 0 || b.cells == 0) return 0;
  int64_t sum = 0;
  for (size_t bin = 0; bin < a.colours.size(); ++bin) {
    sum += std::abs(int64_t{a.colours[bin]} * b.cells - int64_t{b.colours[bin]} * a.cells);
  }
  return static_cast<float>(static_cast<double>(sum) / (static_cast<double>(a.cells) * b.cells));
}

}  // namespace reelbatch::components::hard
