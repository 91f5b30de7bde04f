#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/picture_files.h"
#include "contracts/events.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

/// One number for every frame of a timeline, or for every pair of neighbouring frames. NaN where it
/// was not computed.
struct FrameSeries {
  std::string name;
  std::vector<float> values;
};

/// What was computed for every frame of a timeline.
struct FrameSignals {
  Timeline timeline;
  std::vector<FrameSeries> series;

  /// Null: there is none of this name.
  const std::vector<float>* Find(std::string_view name) const;
};

/// The least and the most length that the shots of a list were made to keep. None: as they were
/// found.
struct ShotLengths {
  std::optional<double> min_s = std::nullopt;
  std::optional<double> max_s = std::nullopt;
  bool any() const { return min_s || max_s; }
};

/// One of several files that are read as one timeline (SourcePart).
struct EventSource {
  std::string video;                                              // file name as UTF-8
  std::string media_uri;                                          // empty where unknown
  std::string sha256;                                             // empty where unknown
  std::optional<base::PictureNumbering> pictures = std::nullopt;  // as EventList::pictures
  FrameIndex first_frame = 0;                                     // of the timeline
  int64_t frames = 0;
  double start_s = 0;  // of first_frame, on the timeline's clock
  VideoInfo info;      // of this file
};

/// Events and shots on the timeline of one video: what every export is made from, whichever
/// component found them. Times are container PTS in seconds, frames are indices of the source.
///
/// A component fills the second half. Who knows the video fills the first.
struct EventList {
  std::string video;          // name of the file or the pictures as UTF-8; invalid bytes are U+FFFD
  std::string media_uri;      // where an editor finds the file, "file:///..."; empty where unknown
  std::string source_sha256;  // empty where unknown
  std::optional<base::PictureNumbering> pictures;  // of a picture sequence
  std::vector<EventSource> sources;  // in order, where several files are one timeline; else empty
  VideoInfo info;
  DecodeReport decode;
  ShotLengths shot_lengths;             // that `shots` were made to keep
  std::optional<FrameSignals> signals;  // only where an export needs them

  int64_t timeline_frames = 0;
  int width = 0;  // px of the analysed frames
  int height = 0;
  std::vector<Event> events;
  std::vector<Event> candidates;
  std::vector<Shot> shots;
  std::vector<std::string> warnings;
};

/// The rate that was observed; else what the container says, the average rate before its base rate.
/// 0/1 where unknown.
Rational RateOf(const EventList& list);

}  // namespace reelbatch::contracts
