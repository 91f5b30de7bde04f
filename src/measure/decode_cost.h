#pragma once

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/cost_row.h"
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
  double mpx = 0;           // of a frame, 10^6 px
  double kbyte = 0;         // of the file per frame, 10^3 bytes: what is known before anything is decoded
  double ms_per_frame = 0;  // CPU time of the decoding thread, stable mean
  double cv = 0;            // of the passes
  bool noisy = false;
};

/// Decodes the whole video by the protocol, from opening it on.
/// Errors: as media::OpenVideo() and FrameSource::Next().
base::Result<DecodeSample> MeasureDecode(const std::filesystem::path& video, bool skip_loop_filter,
                                         const Protocol& protocol, const base::CancelToken& cancel);

/// ms of a frame = fixed + per_mpx * mpx + per_kbyte * kbyte; no share is negative.
struct DecodeFit {
  double fixed_ms = 0;
  double ms_per_mpx = 0;
  double ms_per_kbyte = 0;
  double Ms(double mpx, double kbyte) const { return fixed_ms + ms_per_mpx * mpx + ms_per_kbyte * kbyte; }
};

/// Least relative squares over samples of one codec. A video alone cannot tell its shares apart: with one only pixels
/// count, with two pixels and bytes.
DecodeFit FitDecode(std::span<const DecodeSample> samples);

/// A row per codec, in the order in which they are met; bucket and size of none. Its samples are the videos', ms per
/// frame; which video each is of, and what the fit makes of it, is in `measure`.
std::vector<contracts::CostRow> DecodeRows(const Session& session, std::span<const DecodeSample> samples,
                                           bool skip_loop_filter);

}  // namespace reelbatch::measure
