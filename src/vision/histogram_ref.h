#pragma once

#include "vision/histogram.h"

namespace reelbatch::vision {

/// The scalar reference of ValueHistogramOf.
ValueHistogram ValueHistogramOfRef(const image::FrameView& frame);

}  // namespace reelbatch::vision
