#include "store/exports/source_spans.h"

#include <algorithm>

namespace reelbatch::store {
namespace {

contracts::FrameIndex EndOf(const contracts::EventSource& source) {
  return source.first_frame + source.frames;
}

}  // namespace

std::vector<SourceSpan> SpansOf(const contracts::EventList& record) {
  std::vector<SourceSpan> spans;
  size_t source = 0;
  for (size_t k = 0; k < record.shots.size(); ++k) {
    const contracts::Shot& shot = record.shots[k];
    SourceSpan rest{.shot = k,
                    .source = 0,
                    .start_frame = shot.start_frame,
                    .end_frame = shot.end_frame,
                    .start_s = shot.start_s,
                    .end_s = shot.end_s,
                    .begins_shot = true};
    const auto goes_on = [&] { return source + 1 < record.sources.size(); };
    while (goes_on() && EndOf(record.sources[source]) <= rest.start_frame) ++source;
    for (; goes_on() && EndOf(record.sources[source]) < rest.end_frame; ++source) {
      const contracts::EventSource& next = record.sources[source + 1];
      SourceSpan span = rest;
      span.source = source;
      span.end_frame = rest.start_frame = next.first_frame;
      span.end_s = rest.start_s = std::clamp(next.start_s, rest.start_s, rest.end_s);
      rest.begins_shot = false;
      spans.push_back(span);
    }
    rest.source = source;
    spans.push_back(rest);
  }
  return spans;
}

contracts::EventList RecordOfSource(const contracts::EventList& record, size_t source) {
  if (record.sources.empty()) return record;
  const contracts::EventSource& file = record.sources[source];
  contracts::EventList alone;
  alone.video = file.video;
  alone.media_uri = file.media_uri;
  alone.pictures = file.pictures;
  alone.info = file.info;
  alone.info.start_time_s = 0;
  alone.decode = record.decode;
  alone.decode.parts.clear();
  return alone;
}

std::vector<FileClock> FileClocks(const contracts::EventList& record, const ExportClock& timeline) {
  const ClockOptions same{.rate = timeline.rate(),
                          .drop_frame = timeline.drop_frame() ? DropFrame::kYes : DropFrame::kNo};
  std::vector<FileClock> files;
  for (size_t i = 0; i < std::max<size_t>(1, record.sources.size()); ++i) {
    FileClock file{.clock = timeline};
    if (!record.sources.empty()) {
      const contracts::EventSource& source = record.sources[i];
      file.first = timeline.FrameAt(source.first_frame, source.start_s);
      const auto own = ExportClock::Make(RecordOfSource(record, i), same, Counting::kAnyRate);
      if (own) file.clock = *own;
    }
    files.push_back(std::move(file));
  }
  for (const SourceSpan& span : SpansOf(record)) {
    FileClock& file = files[span.source];
    file.end = std::max(file.end, timeline.FrameAt(span.end_frame, span.end_s) - file.first);
  }
  return files;
}

}  // namespace reelbatch::store
