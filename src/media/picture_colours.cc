#include "media/picture_colours.h"

namespace reelbatch::media {

PictureColours ColoursOf(const AVFrame& frame) {
  return {.range = frame.color_range,
          .primaries = frame.color_primaries,
          .transfer = frame.color_trc,
          .matrix = frame.colorspace,
          .chroma_location = frame.chroma_location};
}

PictureColours ColoursOf(const AVCodecParameters& parameters) {
  return {.range = parameters.color_range,
          .primaries = parameters.color_primaries,
          .transfer = parameters.color_trc,
          .matrix = parameters.color_space,
          .chroma_location = parameters.chroma_location};
}

PictureColours Merge(PictureColours first, const PictureColours& second) {
  if (first.range == AVCOL_RANGE_UNSPECIFIED) first.range = second.range;
  if (first.primaries == AVCOL_PRI_UNSPECIFIED) first.primaries = second.primaries;
  if (first.transfer == AVCOL_TRC_UNSPECIFIED) first.transfer = second.transfer;
  if (first.matrix == AVCOL_SPC_UNSPECIFIED) first.matrix = second.matrix;
  if (first.chroma_location == AVCHROMA_LOC_UNSPECIFIED)
    first.chroma_location = second.chroma_location;
  return first;
}

const int* SwsTableOf(AVColorSpace matrix) {
  const bool known =
      matrix >= AVCOL_SPC_BT709 && matrix <= AVCOL_SPC_BT2020_CL && matrix != AVCOL_SPC_YCGCO;
  return sws_getCoefficients(known ? matrix : AVCOL_SPC_BT470BG);
}

}  // namespace reelbatch::media
