#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::store {

/// How labels of frames are counted. Source: SMPTE 12M.
struct TimecodeCount {
  int64_t per_second = 25;  // frame numbers in a second: 30 at 30000/1001
  /// In every minute except each tenth, the first per_second / 15 frame numbers are skipped.
  bool drop_frame = false;
};

/// "01:02:03:04", or "01:02:03;04" with drop frame. The label after 23:59:59 is 00:00:00. `frame`
/// from 0.
std::string TimecodeText(const TimecodeCount& count, int64_t frame);

/// One label, split into its parts.
struct TimecodeLabel {
  int64_t hours = 0;
  int64_t minutes = 0;
  int64_t seconds = 0;
  int64_t frames = 0;
};

/// Parses "01:02:03:04"; the last separator may be ':', ';' or '.'. None for anything else.
std::optional<TimecodeLabel> ParseTimecode(std::string_view text);

/// The frame with this label. For a number that drop-frame timecode skips, the next frame.
int64_t FrameOfLabel(const TimecodeCount& count, const TimecodeLabel& label);

}  // namespace reelbatch::store
