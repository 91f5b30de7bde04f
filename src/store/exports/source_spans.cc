#include "store/exports/source_spans.h"

#include <algorithm>

namespace reelbatch::store {
namespace {

contracts::FrameIndex EndOf(const RecordSource& source) {
  return source.first_frame + source.frames;
}

}  // namespace

std::vector<SourceSpan> SpansOf(const CutsRecord& record) {
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
      const RecordSource& next = record.sources[source + 1];
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

CutsRecord RecordOfSource(const CutsRecord& record, size_t source) {
  if (record.sources.empty()) return record;
  const RecordSource& file = record.sources[source];
  CutsRecord alone;
  alone.video = file.video;
  alone.media_uri = file.media_uri;
  alone.info = file.info;
  alone.info.start_time_s = 0;  // as TimeInSource() counts
  alone.decode = record.decode;
  alone.decode.parts.clear();
  return alone;
}

contracts::FrameIndex IndexInSource(const CutsRecord& record, size_t source,
                                    contracts::FrameIndex frame) {
  return record.sources.empty() ? frame : frame - record.sources[source].first_frame;
}

double TimeInSource(const CutsRecord& record, size_t source, double pts_s) {
  return record.sources.empty() ? pts_s : pts_s - record.sources[source].start_s;
}

}  // namespace reelbatch::store
