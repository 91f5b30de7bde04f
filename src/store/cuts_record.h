#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/picture_files.h"
#include "contracts/cuts.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "contracts/video.h"

namespace reelbatch::store {

/// What was computed for every frame of a timeline.
struct FrameSignals {
  contracts::Timeline timeline;
  contracts::PairSignals pairs;
  std::optional<contracts::SoftSignals> soft;
  std::optional<contracts::MotionSignals> motion;
};

/// Which shots were made longer or shorter than they were found: --min-shot and --max-shot.
struct ShotLengths {
  std::optional<double> min_s = std::nullopt;
  std::optional<double> max_s = std::nullopt;
  bool any() const { return min_s || max_s; }
};

/// One of several files that are read as one timeline (contracts::SourcePart).
struct RecordSource {
  std::string video;                                              // file name as UTF-8
  std::string media_uri;                                          // empty where unknown
  std::string sha256;                                             // empty where unknown
  std::optional<base::PictureNumbering> pictures = std::nullopt;  // as CutsRecord::pictures
  contracts::FrameIndex first_frame = 0;                          // of the timeline
  int64_t frames = 0;
  double start_s = 0;         // of first_frame, on the timeline's clock
  contracts::VideoInfo info;  // of this file; cuts.json has its size, average rate and timecode
};

/// What cuts.json and every export are made from: one video's answer.
///
/// Of `info` and `decode` only what cuts.json carries comes back from a parsed file; the rest keeps
/// its defaults. Times are container PTS in seconds, frames are indices of the source.
struct CutsRecord {
  std::string video;          // name of the file or the pictures as UTF-8; invalid bytes are U+FFFD
  std::string media_uri;      // where an editor finds the file, "file:///..."; empty where unknown
  std::string source_sha256;  // empty where unknown
  std::optional<base::PictureNumbering> pictures;  // of a picture sequence; not in cuts.json
  std::vector<RecordSource> sources;  // in order, where several files are one timeline; else empty
  contracts::VideoInfo info;
  contracts::DecodeReport decode;
  contracts::CutKnobs knobs;
  std::vector<std::string> parts;
  std::optional<double> analysis_fps;
  std::optional<contracts::CropRect> crop;  // the part of the frames that was analysed
  bool loop_filter_skipped = false;
  std::string config_hash;
  int64_t timeline_frames = 0;
  int width = 0;  // px of the analysed frames
  int height = 0;
  std::vector<contracts::Event> events;
  std::vector<contracts::Event> candidates;
  std::vector<contracts::Shot> shots;
  std::vector<std::string> warnings;
  ShotLengths shot_lengths;             // that `shots` were made to keep
  std::optional<FrameSignals> signals;  // only where an export needs them; cuts.json has none
};

/// The record of a finished video. `source_sha256` may be empty. An outcome without `cuts` gives a
/// record without events and shots.
CutsRecord MakeCutsRecord(const std::filesystem::path& video, std::string_view source_sha256,
                          const contracts::VideoOutcome& outcome,
                          const contracts::RunConfig& config);

/// The rate that was observed; else what the container says, the average rate before its base rate.
/// 0/1 where unknown.
contracts::Rational RateOf(const CutsRecord& record);

/// The per-frame signals of a finished video with `cuts`.
FrameSignals SignalsOf(contracts::CutDetectionResult cuts);

}  // namespace reelbatch::store
