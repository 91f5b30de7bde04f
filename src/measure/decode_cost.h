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

/// What decoding one video with one thread costs.
struct DecodeSample {
  std::string name;   // of the file, without its folder
  std::string codec;  // FFmpeg's name
  int width = 0;
  int height = 0;
  int64_t frames = 0;
  costs::DecodeDrivers drivers{};  // what is known before anything is decoded
  double ms_per_frame = 0;         // CPU time of the decoding thread, stable mean
  double cv = 0;                   // of the passes
  bool noisy = false;
};

/// Decodes the whole video by the protocol, from opening it on.
/// Errors: as media::OpenVideo() and FrameSource::Next().
base::Result<DecodeSample> MeasureDecode(const std::filesystem::path& video, bool skip_loop_filter,
                                         const Protocol& protocol, const base::CancelToken& cancel);

/// ms of a frame = fixed + sum of the shares, each times its driver; no share is negative.
struct DecodeFit {
  double fixed_ms = 0;
  costs::DecodeDrivers ms_per{};
  double Ms(const costs::DecodeDrivers& drivers) const;
};

/// Least relative squares over samples of one codec. Few videos cannot tell the shares apart: with
/// one only pixels count, with two pixels and bytes, and B-frames and CABAC only from
/// kLeastForKinds on.
DecodeFit FitDecode(std::span<const DecodeSample> samples);
inline constexpr size_t kLeastForKinds = 6;

/// A row per codec, in the order in which they are met; bucket and size of none. Its samples are
/// the videos', ms per frame; which video each is of, and what the fit makes of it, is in
/// `measure`.
std::vector<contracts::CostRow> DecodeRows(const Session& session,
                                           std::span<const DecodeSample> samples,
                                           bool skip_loop_filter);

}  // namespace reelbatch::measure
