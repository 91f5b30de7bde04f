#pragma once

#include <cstddef>
#include <vector>

#include "contracts/event_list.h"
#include "store/exports/export_clock.h"

namespace reelbatch::store {

/// A part of one shot in one file: the whole shot, except if several files are one
/// timeline and the shot crosses a boundary. Frames are half-open, as those of a shot.
struct SourceSpan {
  size_t shot = 0;    // index in contracts::EventList::shots
  size_t source = 0;  // index in contracts::EventList::sources; 0 where there is one file
  contracts::FrameIndex start_frame = 0;
  contracts::FrameIndex end_frame = 0;
  double start_s = 0;
  double end_s = 0;
  bool begins_shot = true;  // otherwise the shot has begun in the file before
};

/// All shots in order. Example: shots [0, 20) and [20, 80), files of 50 and 30 frames ->
/// [0, 20) and [20, 50) of the first file, [50, 80) of the second one.
std::vector<SourceSpan> SpansOf(const contracts::EventList& record);

/// The name, place and clock that a record of that file alone would have, without events
/// and shots. The record itself if there is one file.
contracts::EventList RecordOfSource(const contracts::EventList& record, size_t source);

/// How an export counts in one file: positions and labels from its first frame, at the rate and
/// with the labels of the timeline.
struct FileClock {
  ExportClock clock;
  int64_t first = 0;  // position of its first frame in the timeline
  int64_t end = 0;    // one after the last frame of a shot in the file
};

/// One for every file. `timeline` counts the whole record.
std::vector<FileClock> FileClocks(const contracts::EventList& record, const ExportClock& timeline);

}  // namespace reelbatch::store
