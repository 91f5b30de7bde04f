#include "vision/histogram_ref.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::vision {
namespace {

// Q20 decides every bin as exact fractions do: histogram_test looks at all (Y, Cb, Cr).
constexpr int kFractionBits = 20;

using LevelTerms = std::array<int32_t, 256>;

int32_t Fixed(double value) {
  return static_cast<int32_t>(std::lround(value * (1 << kFractionBits)));
}

// R = Y' + red(Cr), B = Y' + blue(Cb), G = Y' + green_cb(Cb) + green_cr(Cr), all in levels, Q20.
struct ColourTerms {
  LevelTerms luma;  // with the half that rounds V to nearest
  LevelTerms red;
  LevelTerms blue;
  LevelTerms green_cb;
  LevelTerms green_cr;

  ColourTerms(bool full_range, bool bt709) {
    // ITU-R BT.601 and BT.709: the weights of red and blue in luma; all else follows from them.
    const double kr = bt709 ? 0.2126 : 0.299;
    const double kb = bt709 ? 0.0722 : 0.114;
    const double kg = 1 - kr - kb;
    const double luma_scale = full_range ? 1.0 : 255.0 / 219.0;
    const double chroma_scale = full_range ? 1.0 : 255.0 / 224.0;
    const double black = full_range ? 0.0 : 16.0;
    for (size_t i = 0; i < luma.size(); ++i) {
      const double chroma = (static_cast<double>(i) - 128.0) * chroma_scale;
      luma[i] = Fixed((static_cast<double>(i) - black) * luma_scale + 0.5);
      red[i] = Fixed(chroma * 2 * (1 - kr));
      blue[i] = Fixed(chroma * 2 * (1 - kb));
      green_cb[i] = Fixed(-chroma * 2 * (1 - kb) * kb / kg);
      green_cr[i] = Fixed(-chroma * 2 * (1 - kr) * kr / kg);
    }
  }
};

const ColourTerms& TermsOf(bool full_range, bool bt709) {
  static const std::array<ColourTerms, 4> kTerms = {
      ColourTerms(false, false), ColourTerms(false, true), ColourTerms(true, false),
      ColourTerms(true, true)};
  return kTerms[(full_range ? 2U : 0U) + (bt709 ? 1U : 0U)];
}

}  // namespace

ValueHistogram ValueHistogramOfRef(const image::FrameView& frame) {
  const ColourTerms& colour = TermsOf(frame.full_range, frame.bt709);
  ValueHistogram histogram{};
  for (int y = 0; y < frame.y.height; ++y) {
    const uint8_t* const luma = frame.y.row(y);
    const uint8_t* const cb = frame.gray() ? nullptr : frame.u.row(y >> frame.chroma_shift_y);
    const uint8_t* const cr = frame.gray() ? nullptr : frame.v.row(y >> frame.chroma_shift_y);
    for (int x = 0; x < frame.y.width; ++x) {
      int32_t chroma = 0;
      if (!frame.gray()) {
        const uint8_t b = cb[x >> frame.chroma_shift_x];
        const uint8_t r = cr[x >> frame.chroma_shift_x];
        chroma = std::max({colour.red[r], colour.blue[b], colour.green_cb[b] + colour.green_cr[r]});
      }
      const int32_t level = (colour.luma[luma[x]] + chroma) >> kFractionBits;
      ++histogram[static_cast<size_t>(std::clamp(level, 0, 255) * kValueBins / 256)];
    }
  }
  return histogram;
}

}  // namespace reelbatch::vision
