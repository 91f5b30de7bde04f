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

/// One number for every frame of a timeline, or for every frame pair (two consecutive analysed
/// frames). NaN if it was not computed.
struct FrameSeries {
  std::string name;
  std::vector<float> values;
};

/// All values that were computed for every frame of a timeline.
struct FrameSignals {
  Timeline timeline;
  std::vector<FrameSeries> series;

  /// Null: there is none with this name.
  const std::vector<float>* Find(std::string_view name) const;
};

/// The minimum and maximum shot length that was requested. None: shots are as they were
/// detected.
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

/// Events and shots on the timeline of one video: the input of every export, whichever
/// component detected them. Times are container PTS in seconds, frames are indices of the source.
///
/// A component fills the second half. Code that knows the video fills the first half.
struct EventList {
  std::string video;          // name of the file or the pictures as UTF-8; invalid bytes are U+FFFD
  std::string media_uri;      // where an editor finds the file, "file:///..."; empty if unknown
  std::string source_sha256;  // empty where unknown
  std::optional<base::PictureNumbering> pictures;  // of a picture sequence
  std::vector<EventSource> sources;  // in order, if several files are one timeline; else empty
  VideoInfo info;
  DecodeReport decode;
  ShotLengths shot_lengths;             // the requested shot lengths
  std::optional<FrameSignals> signals;  // only where an export needs them

  int64_t timeline_frames = 0;
  int width = 0;  // px of the analysed frames
  int height = 0;
  std::vector<Event> events;
  std::vector<Event> candidates;
  std::vector<Shot> shots;
  std::vector<std::string> warnings;
};

/// The observed rate; else the average rate of the container, else its base rate.
/// 0/1 if unknown.
Rational RateOf(const EventList& list);

}  // namespace reelbatch::contracts
