#pragma once

#include "media/av.h"

namespace reelbatch::media {

/// How the samples of a picture must be read. A value is "unspecified" if neither the stream nor
/// the frame states it.
struct PictureColours {
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
  AVColorPrimaries primaries = AVCOL_PRI_UNSPECIFIED;
  AVColorTransferCharacteristic transfer = AVCOL_TRC_UNSPECIFIED;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  AVChromaLocation chroma_location = AVCHROMA_LOC_UNSPECIFIED;
  friend bool operator==(const PictureColours&, const PictureColours&) = default;

  bool hdr() const { return transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67; }
};

/// What a decoded frame states about itself.
PictureColours ColoursOf(const AVFrame& frame);
/// What a stream states.
PictureColours ColoursOf(const AVCodecParameters& parameters);
/// The values of `first`, and those of `second` for what `first` does not specify.
PictureColours Merge(PictureColours first, const PictureColours& second);

/// The table that swscale has for a matrix, or that of BT.601 if it has none.
const int* SwsTableOf(AVColorSpace matrix);

}  // namespace reelbatch::media
