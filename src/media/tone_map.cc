#include "media/tone_map.h"

#include <algorithm>
#include <cmath>

extern "C" {
#include <libavutil/mastering_display_metadata.h>
}

#include "media/ffmpeg_versions.h"

namespace reelbatch::media {
namespace {

constexpr double kReferenceWhite = 203;  // cd/m2, BT.2408
constexpr double kUsualPeak = 1000;  // cd/m2: of most HDR10 masters, and of HLG's reference display
constexpr size_t kCodes = 65536;
constexpr size_t kSteps = 4096;

// SMPTE ST 2084.
constexpr double kM1 = 2610.0 / 16384;
constexpr double kM2 = 2523.0 / 4096 * 128;
constexpr double kC1 = 3424.0 / 4096;
constexpr double kC2 = 2413.0 / 4096 * 32;
constexpr double kC3 = 2392.0 / 4096 * 32;
constexpr double kPqPeak = 10000;

double PqToNits(double code) {
  const double e = std::pow(code, 1 / kM2);
  return kPqPeak * std::pow(std::max(e - kC1, 0.0) / (kC2 - kC3 * e), 1 / kM1);
}

double NitsToPq(double nits) {
  const double y = std::pow(nits / kPqPeak, kM1);
  return std::pow((kC1 + kC2 * y) / (1 + kC3 * y), kM2);
}

/// ARIB STD-B67: code to the scene's light, both 0..1.
double HlgToScene(double code) {
  constexpr double kA = 0.17883277;
  constexpr double kB = 1 - 4 * kA;
  constexpr double kC = 0.55991073;
  return code <= 0.5 ? code * code / 3 : (std::exp((code - kC) / kA) + kB) / 12;
}

double SrgbToLight(double code) {
  return code <= 0.04045 ? code / 12.92 : std::pow((code + 0.055) / 1.055, 2.4);
}

double LightToSrgb(double light) {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

/// BT.2390, section 5.4.1, without a black lift: nits of a source of `peak` to nits below 203.
double Compress(double nits, double peak) {
  const double top = NitsToPq(peak);
  const double most = NitsToPq(kReferenceWhite) / top;
  const double knee = 1.5 * most - 0.5;
  const double e = std::min(NitsToPq(nits) / top, 1.0);
  if (e < knee || most >= 1) return std::min(nits, kReferenceWhite);
  const double t = (e - knee) / (1 - knee);
  const double curve = (2 * t * t * t - 3 * t * t + 1) * knee +
                       (t * t * t - 2 * t * t + t) * (1 - knee) +
                       (-2 * t * t * t + 3 * t * t) * most;
  return PqToNits(curve * top);
}

bool IsWide(const PictureColours& colours) {
  return colours.primaries == AVCOL_PRI_BT2020 || colours.primaries == AVCOL_PRI_SMPTE432;
}

/// BT.2087 for BT.2020; for Display P3 from the primaries of SMPTE EG 432-1.
std::array<float, 9> ToBt709(const PictureColours& colours) {
  constexpr std::array<float, 9> kFrom2020{1.660491F,  -0.587641F, -0.072850F,
                                           -0.124550F, 1.132900F,  -0.008349F,
                                           -0.018151F, -0.100579F, 1.118730F};
  constexpr std::array<float, 9> kFromP3{1.224940F, -0.224940F, 0.0F,       -0.042057F, 1.042057F,
                                         0.0F,      -0.019638F, -0.078636F, 1.098274F};
  constexpr std::array<float, 9> kSame{1, 0, 0, 0, 1, 0, 0, 0, 1};
  if (colours.primaries == AVCOL_PRI_SMPTE432) return kFromP3;
  const bool bt2020 = colours.primaries == AVCOL_PRI_BT2020 ||
                      (colours.hdr() && colours.primaries == AVCOL_PRI_UNSPECIFIED);
  return bt2020 ? kFrom2020 : kSame;
}

}  // namespace

bool ToneMap::Needed(const PictureColours& colours) { return colours.hdr() || IsWide(colours); }

ToneMap::ToneMap(const PictureColours& colours, double peak_nits)
    : kind_(colours.transfer == AVCOL_TRC_SMPTE2084      ? Kind::kPq
            : colours.transfer == AVCOL_TRC_ARIB_STD_B67 ? Kind::kHlg
                                                         : Kind::kSdr),
      to_bt709_(ToBt709(colours)),
      light_(kCodes),
      factor_(kSteps + 1),
      srgb_(kSteps + 1) {
  const double peak =
      kind_ == Kind::kHlg ? kUsualPeak : std::clamp(peak_nits, kReferenceWhite, kPqPeak);
  peak_ = kind_ == Kind::kSdr ? 1.0F : static_cast<float>(peak / kReferenceWhite);
  for (size_t i = 0; i < kCodes; ++i) {
    const double code = static_cast<double>(i) / (kCodes - 1);
    const double light = kind_ == Kind::kPq    ? PqToNits(code) / kReferenceWhite
                         : kind_ == Kind::kHlg ? HlgToScene(code)
                                               : SrgbToLight(code);
    light_[i] = static_cast<float>(light);
  }
  for (size_t i = 0; i <= kSteps; ++i) {
    const double root = static_cast<double>(i) / kSteps;
    srgb_[i] = static_cast<uint8_t>(std::lround(255 * LightToSrgb(root * root)));
    const double nits = root * root * peak;
    factor_[i] =
        kind_ == Kind::kSdr || i == 0 ? 1.0F : static_cast<float>(Compress(nits, peak) / nits);
  }
}

void ToneMap::Apply(const uint16_t* from, uint8_t* to, int width) const {
  constexpr auto kTop = static_cast<float>(kSteps);
  for (int x = 0; x < width; ++x, from += 3, to += 3) {
    std::array<float, 3> in{light_[from[0]], light_[from[1]], light_[from[2]]};
    if (kind_ == Kind::kHlg) {
      // BT.2100: display light = peak * luminance^(gamma - 1) * scene light, gamma 1.2.
      const float luminance = 0.2627F * in[0] + 0.6780F * in[1] + 0.0593F * in[2];
      const float gain = peak_ * std::pow(luminance, 0.2F);
      for (float& value : in) value *= gain;
    }
    std::array<float, 3> out{};
    float brightest = 0;
    for (size_t c = 0; c < out.size(); ++c) {
      const float* row = &to_bt709_[3 * c];
      out[c] = std::max(0.0F, row[0] * in[0] + row[1] * in[1] + row[2] * in[2]);
      brightest = std::max(brightest, out[c]);
    }
    const float at = std::min(std::sqrt(brightest / peak_), 1.0F) * kTop;
    const auto step = std::min(static_cast<size_t>(at), kSteps - 1);
    const float rest = at - static_cast<float>(step);
    // Past the peak all of it is white's brightness.
    const float factor = brightest > peak_ ? (kind_ == Kind::kSdr ? 1.0F : 1 / brightest)
                                           : factor_[step] * (1 - rest) + factor_[step + 1] * rest;
    for (size_t c = 0; c < out.size(); ++c) {
      const float light = std::min(out[c] * factor, 1.0F);
      to[c] = srgb_[static_cast<size_t>(std::lround(std::sqrt(light) * kTop))];
    }
  }
}

double PeakNits(const AVFrame& frame, const AVStream* stream) {
  const auto find = [&](AVFrameSideDataType of_frame,
                        AVPacketSideDataType of_stream) -> const uint8_t* {
    if (const AVFrameSideData* data = av_frame_get_side_data(&frame, of_frame)) return data->data;
    return stream == nullptr ? nullptr : StreamSideData(*stream, of_stream);
  };
  if (const uint8_t* data =
          find(AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, AV_PKT_DATA_CONTENT_LIGHT_LEVEL)) {
    const auto& level = *reinterpret_cast<const AVContentLightMetadata*>(data);
    if (level.MaxCLL > 0) return level.MaxCLL;
  }
  if (const uint8_t* data =
          find(AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AV_PKT_DATA_MASTERING_DISPLAY_METADATA)) {
    const auto& display = *reinterpret_cast<const AVMasteringDisplayMetadata*>(data);
    if (display.has_luminance != 0 && display.max_luminance.den > 0 &&
        display.max_luminance.num > 0)
      return av_q2d(display.max_luminance);
  }
  return kUsualPeak;
}

}  // namespace reelbatch::media
