#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "media/range_reader.h"
#include "runtime/cost_log.h"
#include "runtime/measured_feed.h"

namespace reelbatch::runtime {

/// Length of a range: long enough that what is decoded twice at its seams is a few per cent, short
/// enough that workers end together.
inline constexpr double kRangeSeconds = 6;

/// Frames that may wait, measured, for those before them, per worker (a range at 40 frames/s), and
/// as many more of the range that is given out.
inline constexpr size_t kMeasuresPerWorker = 240;

struct RangeFeedOptions {
  std::function<base::Result<std::unique_ptr<media::RangeReader>>()> open;
  int workers = 2;
  CostLog* costs;  // is told what decoding and measuring take; outlives the feed
};

/// Measures the frames of one video in `workers` threads, a range each, and gives them in order:
/// byte for byte what a DecodeFeed gives, or an error.
///
/// A pair across a seam is measured by the worker of the range before, which also sees the first
/// frame of the next one; its own worker shows that frame to its meters and throws the measure
/// away. Destroying it waits for the calls in hand: cancel the readers' token first.
/// Errors of Next(): every error of a reader (see RangeReader); corrupt also where both sides of a
/// seam see different pictures. After any of them the video can be decoded as a whole.
std::unique_ptr<MeasuredFeed> MakeRangeFeed(const media::RangePlan& plan, RangeFeedOptions options);

}  // namespace reelbatch::runtime
