#pragma once

#include "media/av.h"

namespace reelbatch::media {

/// How the samples of a picture are to be read; "unspecified" where neither the stream nor the
/// frame says.
struct PictureColours {
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
  AVColorPrimaries primaries = AVCOL_PRI_UNSPECIFIED;
  AVColorTransferCharacteristic transfer = AVCOL_TRC_UNSPECIFIED;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  AVChromaLocation chroma_location = AVCHROMA_LOC_UNSPECIFIED;
  friend bool operator==(const PictureColours&, const PictureColours&) = default;

  bool hdr() const { return transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67; }
};

/// What a decoded frame says of itself.
PictureColours ColoursOf(const AVFrame& frame);
/// What a stream says.
PictureColours ColoursOf(const AVCodecParameters& parameters);
/// `first` where it says something, else `second`.
PictureColours Merge(PictureColours first, const PictureColours& second);

/// swscale's table of a matrix. BT.601 where it has none.
const int* SwsTableOf(AVColorSpace matrix);

}  // namespace reelbatch::media
