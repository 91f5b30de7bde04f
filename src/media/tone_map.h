#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "media/picture_colours.h"

namespace reelbatch::media {

/// Turns pictures of HDR (PQ, HLG) or of a wide gamut (BT.2020, Display P3) into sRGB.
///
/// Note [Tone mapping]: code values become light by SMPTE ST 2084 or, for HLG, ARIB STD-B67 with
/// the system gamma 1.2 of a display of 1000 cd/m2 (BT.2100). Light goes to BT.709 primaries
/// (BT.2087), colours outside are clipped. The brightest of R, G and B is compressed by the curve
/// of BT.2390, section 5.4.1, from the source's peak to 203 cd/m2, the reference white of BT.2408,
/// and the other two by the same factor, so that hues stay. 203 cd/m2 is sRGB's white. SDR of a
/// wide gamut changes its primaries alone: grays keep their code values. Example: PQ code .58 (203
/// cd/m2) in a source of 1000 cd/m2 -> sRGB 229; PQ code .752 -> 255. Threads: Apply() any.
class ToneMap {
 public:
  /// Whether pictures of these colours are not sRGB already.
  static bool Needed(const PictureColours& colours);

  /// `peak_nits`: the brightest that the source shows, cd/m2; below 203 means 203. HLG has 1000.
  ToneMap(const PictureColours& colours, double peak_nits);

  /// `width` pixels, R G B each: from 16 bits of full range to 8.
  void Apply(const uint16_t* from, uint8_t* to, int width) const;

 private:
  enum class Kind : uint8_t { kPq, kHlg, kSdr };

  Kind kind_;
  float peak_;                     // of Apply()'s light, in units of reference white
  std::array<float, 9> to_bt709_;  // rows
  std::vector<float> light_;       // by code; of HLG the scene's
  std::vector<float> factor_;      // by the root of light / peak
  std::vector<uint8_t> srgb_;      // by the root of light
};

/// The brightest that the source shows, cd/m2: MaxCLL, else the mastering display's, else 1000.
double PeakNits(const AVFrame& frame, const AVStream* stream);

}  // namespace reelbatch::media
