#pragma once

#include <optional>
#include <string>
#include <vector>

#include "components/cut_detection/finding.h"
#include "contracts/events.h"
#include "contracts/video.h"

namespace reelbatch::components {

/// Events of what was found, in that order. near_decode_error: an error of the report lies at most
/// half a second of frames before the event, where its damage may still be seen, or two frames
/// after it.
std::vector<contracts::Event> MakeEvents(const std::vector<Finding>& findings,
                                         const contracts::Timeline& timeline,
                                         const contracts::DecodeReport& report);

/// What is known of how long the last frame of a timeline lasts.
struct LastFrame {
  double frame_s = 0;                           // taken where the timeline is a single frame
  std::optional<double> next_s = std::nullopt;  // PTS of the frame after it, where there is one
  // Of the last frame that was decoded, also where the timeline takes only some of them.
  contracts::FrameIndex end_frame = 0;
  double decoded_s = 0;
};

/// Shots between the events that split, half-open, covering the timeline: the first starts at its
/// first frame, the last ends one frame after its last. The last one's end_s is the last PTS and a
/// typical (median) step of the timeline more, but not past the frame that follows. Of a timeline
/// that takes only some frames: the last decoded frame, and frame_s more. An empty timeline has no
/// shot.
std::vector<contracts::Shot> MakeShots(const std::vector<contracts::Event>& events,
                                       const contracts::Timeline& timeline, const LastFrame& last);

/// How long a frame lasts by the container's word: its rates, else its duration; above 0.
double FrameSeconds(const contracts::VideoInfo& info);

/// What a reader of the cuts must know about the input, one line each. `found`: how many events
/// there were before the bound on their number.
std::vector<std::string> MakeWarnings(const contracts::DecodeReport& report,
                                      const std::vector<contracts::Event>& events, size_t found);

}  // namespace reelbatch::components
