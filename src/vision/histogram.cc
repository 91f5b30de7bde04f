#include "vision/histogram.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::vision {
namespace {

// Q20: fine enough that only a sum within 1e-6 of a bin's edge could fall to its other side.
constexpr int kFractionBits = 20;
constexpr int kBinBits = 3;  // 8 levels a bin
// Y' + chroma spans -284..550 before clamping; shifted by 64 bins it is positive, and 256 bins hold
// it all.
constexpr int kBiasBins = 64;
constexpr size_t kWideBins = 256;
// Neighbouring pixels mostly fall into one bin; four copies keep an increment from waiting for the
// last one's store.
constexpr size_t kCopies = 4;
constexpr int kStrip = 512;  // chroma samples at a time, so that the terms stay on the stack

using LevelTerms = std::array<int32_t, 256>;
using WideHistogram = std::array<std::array<uint32_t, kWideBins>, kCopies>;

int32_t Fixed(double value) {
  return static_cast<int32_t>(std::lround(value * (1 << kFractionBits)));
}

// R = Y' + red(Cr), B = Y' + blue(Cb), G = Y' + green_cb(Cb) + green_cr(Cr), all in levels, Q20.
struct ColourTerms {
  LevelTerms luma;  // with the bias and the half that rounds V to nearest
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
      luma[i] =
          Fixed((static_cast<double>(i) - black) * luma_scale + 0.5 + (kBiasBins << kBinBits));
      red[i] = Fixed(chroma * 2 * (1 - kr));
      blue[i] = Fixed(chroma * 2 * (1 - kb));
      green_cb[i] = Fixed(-chroma * 2 * (1 - kb) * kb / kg);
      green_cr[i] = Fixed(-chroma * 2 * (1 - kr) * kr / kg);
    }
  }

  int32_t Largest(uint8_t cb, uint8_t cr) const {
    return std::max({red[cr], blue[cb], green_cb[cb] + green_cr[cr]});
  }
};

const ColourTerms& TermsOf(bool full_range, bool bt709) {
  static const std::array<ColourTerms, 4> kTerms = {
      ColourTerms(false, false), ColourTerms(false, true), ColourTerms(true, false),
      ColourTerms(true, true)};
  return kTerms[(full_range ? 2U : 0U) + (bt709 ? 1U : 0U)];
}

size_t WideBin(int32_t sum) {
  return static_cast<size_t>(static_cast<uint32_t>(sum) >> (kFractionBits + kBinBits));
}

// One row of `width` luma samples; sample x takes terms[x >> kShift].
template <int kShift>
void CountRow(const uint8_t* y, int width, const LevelTerms& luma, const int32_t* terms,
              WideHistogram& counts) {
  int x = 0;
  for (; x + 4 <= width; x += 4) {
    for (int k = 0; k < 4; ++k) {
      ++counts[static_cast<size_t>(k)][WideBin(luma[y[x + k]] + terms[(x + k) >> kShift])];
    }
  }
  for (; x < width; ++x) ++counts[0][WideBin(luma[y[x]] + terms[x >> kShift])];
}

void CountRow(const uint8_t* y, int width, int shift, const LevelTerms& luma, const int32_t* terms,
              WideHistogram& counts) {
  switch (shift) {
    case 0:
      return CountRow<0>(y, width, luma, terms, counts);
    case 1:
      return CountRow<1>(y, width, luma, terms, counts);
    case 2:
      return CountRow<2>(y, width, luma, terms, counts);
    default:
      for (int x = 0; x < width; ++x) ++counts[0][WideBin(luma[y[x]] + terms[x >> shift])];
  }
}

// Sums the copies and clamps V to 0..255: all bins below the first fall into it, all above the last
// into that.
ValueHistogram Fold(const WideHistogram& counts) {
  ValueHistogram histogram{};
  for (size_t wide = 0; wide < kWideBins; ++wide) {
    const int bin = std::clamp(static_cast<int>(wide) - kBiasBins, 0, kValueBins - 1);
    for (const auto& copy : counts) histogram[static_cast<size_t>(bin)] += copy[wide];
  }
  return histogram;
}

}  // namespace

ValueHistogram ValueHistogramOf(const image::FrameView& frame) {
  const ColourTerms& colour = TermsOf(frame.full_range, frame.bt709);
  const bool gray = frame.gray();
  const int shift_x = gray ? 0 : frame.chroma_shift_x;
  const int shift_y = gray ? 0 : frame.chroma_shift_y;
  const int chroma_width = gray ? frame.y.width : frame.u.width;
  WideHistogram counts{};
  std::array<int32_t, kStrip> terms{};
  for (int y_begin = 0; y_begin < frame.y.height; y_begin += 1 << shift_y) {
    const int y_end = std::min(frame.y.height, y_begin + (1 << shift_y));
    for (int strip = 0; strip < chroma_width; strip += kStrip) {
      const int strip_end = std::min(strip + kStrip, chroma_width);
      if (!gray) {
        const uint8_t* const cb = frame.u.row(y_begin >> shift_y);
        const uint8_t* const cr = frame.v.row(y_begin >> shift_y);
        for (int cx = strip; cx < strip_end; ++cx) {
          terms[static_cast<size_t>(cx - strip)] = colour.Largest(cb[cx], cr[cx]);
        }
      }
      const int x_begin = strip << shift_x;
      const int x_end = std::min(frame.y.width, strip_end << shift_x);
      for (int y = y_begin; y < y_end; ++y) {
        CountRow(frame.y.row(y) + x_begin, x_end - x_begin, shift_x, colour.luma, terms.data(),
                 counts);
      }
    }
  }
  return Fold(counts);
}

ValueHistogram HistogramOf(image::ImageView<uint8_t> v) {
  return ValueHistogramOf({.y = v, .u = {}, .v = {}, .full_range = true});
}

float HistogramL1(const ValueHistogram& a, const ValueHistogram& b) {
  uint64_t sum_a = 0;
  uint64_t sum_b = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sum_a += a[i];
    sum_b += b[i];
  }
  if (sum_a == 0 || sum_b == 0) return 0;
  double distance = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    distance += std::abs(static_cast<double>(a[i]) / static_cast<double>(sum_a) -
                         static_cast<double>(b[i]) / static_cast<double>(sum_b));
  }
  return static_cast<float>(distance);
}

}  // namespace reelbatch::vision
