#pragma once

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/cost_row.h"
#include "costs/decode_drivers.h"
#include "measure/measured_row.h"
#include "measure/protocol.h"

namespace reelbatch::measure {

/// The cost of decoding one video with one thread.
struct DecodeSample {
  std::string name;   // of the file, without its folder
  std::string codec;  // FFmpeg's name
  int width = 0;
  int height = 0;
  int64_t frames = 0;
  costs::DecodeDrivers drivers{};  // known before decoding
  double ms_per_frame = 0;         // CPU time of the decoding thread, stable mean
  double cv = 0;                   // of the passes
  bool noisy = false;
};

/// Decodes the whole video according to the protocol, including opening it.
/// Errors: as media::OpenVideo() and FrameSource::Next().
base::Result<DecodeSample> MeasureDecode(const std::filesystem::path& video, bool skip_loop_filter,
                                         const Protocol& protocol, const base::CancelToken& cancel);

/// ms of a frame = fixed + sum of the terms, each times its driver; no term is negative.
struct DecodeFit {
  double fixed_ms = 0;
  costs::DecodeDrivers ms_per{};
  double Ms(const costs::DecodeDrivers& drivers) const;
};

/// Least relative squares over samples of one codec. A few videos cannot distinguish the terms:
/// with one only pixels are used, with two pixels and bytes, and B-frames and CABAC only from
/// kLeastForKinds on.
DecodeFit FitDecode(std::span<const DecodeSample> samples);
inline constexpr size_t kLeastForKinds = 6;

/// One row per codec, in the order of the samples, without bucket and size. Its samples are
/// those of the videos, ms per frame; the video of each, and the result of the fit, are in
/// `measure`.
std::vector<contracts::CostRow> DecodeRows(const Session& session,
                                           std::span<const DecodeSample> samples,
                                           bool skip_loop_filter);

}  // namespace reelbatch::measure
