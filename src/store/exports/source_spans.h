#pragma once

#include <cstddef>
#include <vector>

#include "store/cuts_record.h"

namespace reelbatch::store {

/// A stretch of one shot that lies in one file: the whole shot, except where several files are one
/// timeline and the shot goes over a seam. Frames are half-open, as those of a shot.
struct SourceSpan {
  size_t shot = 0;    // index in CutsRecord::shots
  size_t source = 0;  // index in CutsRecord::sources; 0 where there is one file
  contracts::FrameIndex start_frame = 0;
  contracts::FrameIndex end_frame = 0;
  double start_s = 0;
  double end_s = 0;
  bool begins_shot = true;  // else the shot has begun in the file before
};

/// All shots in order. Example: shots [0, 20) and [20, 80), files of 50 and 30 frames ->
/// [0, 20) and [20, 50) of the first file, [50, 80) of the second one.
std::vector<SourceSpan> SpansOf(const CutsRecord& record);

/// What a record of that file alone would say of its name, its place and its clock; without events
/// and shots. The record itself where there is one file.
CutsRecord RecordOfSource(const CutsRecord& record, size_t source);

/// Index and time that a frame of the timeline has in its own file, whose first frame is at 0 s.
contracts::FrameIndex IndexInSource(const CutsRecord& record, size_t source,
                                    contracts::FrameIndex frame);
double TimeInSource(const CutsRecord& record, size_t source, double pts_s);

}  // namespace reelbatch::store
