#include "runtime/admission.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "media/range_reader.h"
#include "media/video_reader.h"
#include "runtime/range_feed.h"
#include "runtime/read_ahead.h"

namespace reelbatch::runtime {
namespace {

/// Planes of the analysis sizes (512 and 320 px long sides, as floats) with their look-ahead, and
/// the signals of two hours at 25 fps (60 bytes each: 11 MiB).
constexpr int64_t kComponentBytes = int64_t{24} << 20;
/// Planes at full size that a component may keep between two frames: V of this frame and of the one
/// before.
constexpr int64_t kFullSizePlanes = 2;

/// What waits for its turn beside a range's worker: a picture of 60 kB a frame, with preset fast
/// planes of 120 kB more.
constexpr int64_t kWaitingBytes = int64_t{2 * kMeasuresPerWorker} * 180'000;

using Requests = std::vector<media::FrameRequest>;

int64_t RangeBytes(const contracts::VideoInfo& info, const Requests& requests, int workers) {
  return workers * (VideoBytes(info, requests, 1) + kWaitingBytes);
}

/// Of a frame at all the sizes that components see it in.
int64_t PixelsOf(const contracts::VideoInfo& info, const Requests& requests) {
  const media::FrameSize source{.width = std::max(0, info.width),
                                .height = std::max(0, info.height)};
  std::vector<media::FrameSize> sizes;
  for (const media::FrameRequest& request : requests) {
    const media::FrameSize size = media::FitSize(source, request.sampling);
    if (std::ranges::find(sizes, size) == sizes.end()) sizes.push_back(size);
  }
  if (requests.empty()) sizes.push_back(source);
  int64_t pixels = 0;
  for (const media::FrameSize size : sizes) pixels += int64_t{size.width} * size.height;
  return pixels;
}

}  // namespace

int64_t VideoBytes(const contracts::VideoInfo& info, const Requests& requests,
                   int decoder_threads) {
  return media::EstimateDecodeBytes(info, requests, decoder_threads, FramesKept(decoder_threads)) +
         kComponentBytes + kFullSizePlanes * PixelsOf(info, requests);
}

int FramesKept(int decoder_threads) {
  return decoder_threads > 1 ? static_cast<int>(kFramesAhead) : 0;
}

ThreadShare ShareThreads(int threads, int lanes, int64_t videos_left) {
  const int sharing = std::max(1, static_cast<int>(std::min<int64_t>(lanes, videos_left)));
  const int share = std::max(1, threads / sharing);
  return {.decoder = sharing == 1 && threads > 1 ? threads + 1 : share, .workers = share};
}

base::Result<Admission> Admit(const contracts::VideoInfo& info, const Requests& requests,
                              ThreadShare share, int64_t budget_bytes) {
  const auto fits = [&](int64_t bytes) { return budget_bytes == 0 || bytes <= budget_bytes; };
  for (int threads = std::max(1, share.decoder);; threads = std::max(1, threads / 2)) {
    const int64_t bytes = VideoBytes(info, requests, threads);
    if (fits(bytes)) {
      Admission admission{.decoder_threads = threads, .bytes = bytes};
      if (!media::MayHaveRanges(info, requests, kRangeSeconds)) return admission;
      const auto most = static_cast<int>(
          std::min<double>(share.workers, info.duration_s.value_or(0) / kRangeSeconds));
      for (int workers = most; workers > 1; workers /= 2) {
        if (!fits(RangeBytes(info, requests, workers))) continue;
        admission.range_workers = workers;
        admission.bytes = std::max(bytes, RangeBytes(info, requests, workers));
        break;
      }
      return admission;
    }
    if (threads == 1) {
      return base::Fail(base::Code::kOutOfMemory,
                        fmt::format("decoding {}x{} needs about {}, but the memory limit is {}: "
                                    "raise the limit (max-memory)",
                                    info.width, info.height, base::FormatBytes(bytes),
                                    base::FormatBytes(budget_bytes)));
    }
  }
}

}  // namespace reelbatch::runtime
