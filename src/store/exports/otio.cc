#include "store/exports/otio.h"

#include <algorithm>
#include <vector>

#include "base/json_text.h"
#include "store/exports/source_spans.h"
#include "store/identity.h"
#include "store/text.h"

namespace reelbatch::store {

using base::Json;
using base::Pretty;

namespace {

/// Positions on the source's timecode, half-open.
struct Range {
  int64_t start = 0;
  int64_t end = 0;
};

Json RationalTime(double rate, int64_t value) {
  Json time;
  time["OTIO_SCHEMA"] = "RationalTime.1";
  time["rate"] = rate;
  time["value"] = static_cast<double>(value);
  return time;
}

Json TimeRange(double rate, const Range& range) {
  Json object;
  object["OTIO_SCHEMA"] = "TimeRange.1";
  object["duration"] = RationalTime(rate, range.end - range.start);
  object["start_time"] = RationalTime(rate, range.start);
  return object;
}

/// The pictures of a sequence, each by its number.
Json PictureReference(const base::PictureNumbering& pictures, double rate, const Range& available) {
  Json media;
  media["OTIO_SCHEMA"] = "ImageSequenceReference.1";
  media["available_range"] = TimeRange(rate, available);
  media["target_url_base"] = FileUri(AbsolutePath(pictures.folder)) + "/";
  media["name_prefix"] = pictures.prefix;
  media["name_suffix"] = pictures.suffix;
  media["start_frame"] = pictures.first;
  media["frame_step"] = pictures.step;
  media["rate"] = rate;
  media["frame_zero_padding"] = pictures.padding;
  media["missing_frame_policy"] = "error";
  return media;
}

/// `file`: the record of the file that the span lies in, as RecordOfSource() gives it.
Json Clip(const contracts::EventList& file, const SourceSpan& span, double rate, const Range& range,
          const Range& available) {
  Json media;
  if (file.pictures) {
    media = PictureReference(*file.pictures, rate, available);
  } else {
    media["OTIO_SCHEMA"] = "ExternalReference.1";
    media["available_range"] = TimeRange(rate, available);
    media["target_url"] = file.media_uri.empty() ? PercentEncode(file.video) : file.media_uri;
  }
  media["name"] = file.video;
  Json clip;
  clip["OTIO_SCHEMA"] = "Clip.2";
  clip["name"] = "shot " + std::to_string(span.shot + 1);
  clip["enabled"] = true;
  clip["source_range"] = TimeRange(rate, range);
  clip["effects"] = Json::array();
  clip["markers"] = Json::array();
  clip["metadata"] = {
      {"reelbatch", {{"start_frame", span.start_frame}, {"end_frame", span.end_frame}}}};
  clip["media_references"]["DEFAULT_MEDIA"] = std::move(media);
  clip["active_media_reference_key"] = "DEFAULT_MEDIA";
  return clip;
}

/// The dissolve or wipe that a shot begins with.
const contracts::Event* TransitionInto(const contracts::EventList& record, const SourceSpan& span) {
  for (const contracts::Event& event : record.events) {
    if (event.frame != span.start_frame || span.shot == 0 || !span.begins_shot) continue;
    if (event.type == contracts::EventType::kDissolve ||
        event.type == contracts::EventType::kWipe) {
      return &event;
    }
  }
  return nullptr;
}

/// Lies between two clips that meet at `middle`. A fade is in the clips' own pictures and has none.
Json Transition(const contracts::Event& event, double rate, const Range& range, int64_t middle) {
  const bool dissolve = event.type == contracts::EventType::kDissolve;
  Json transition;
  transition["OTIO_SCHEMA"] = "Transition.1";
  transition["name"] = contracts::EventTypeName(event.type);
  transition["transition_type"] = dissolve ? "SMPTE_Dissolve" : "Custom_Transition";
  transition["in_offset"] = RationalTime(rate, middle - range.start);
  transition["out_offset"] = RationalTime(rate, range.end - middle);
  transition["metadata"] = {
      {"reelbatch", {{"start_frame", event.start_frame}, {"end_frame", event.end_frame}}}};
  return transition;
}

}  // namespace

std::string CutsOtio(const contracts::EventList& record, const ExportClock& clock) {
  const double rate = clock.rate().value();
  const auto at = [&clock](contracts::FrameIndex index, double pts_s) {
    return clock.start() + clock.FrameAt(index, pts_s);
  };
  const std::vector<FileClock> files = FileClocks(record, clock);
  Json track;
  track["OTIO_SCHEMA"] = "Track.1";
  track["name"] = "Video 1";
  track["kind"] = "Video";
  track["enabled"] = true;
  track["children"] = Json::array();
  for (const SourceSpan& span : SpansOf(record)) {
    const int64_t start = at(span.start_frame, span.start_s);
    const Range range{start, std::max(start, at(span.end_frame, span.end_s))};
    if (const contracts::Event* event = TransitionInto(record, span)) {
      const Range mixed{at(event->start_frame, event->start_s), at(event->end_frame, event->end_s)};
      track["children"].push_back(Transition(*event, rate, mixed, start));
    }
    const FileClock& file = files[span.source];
    const int64_t to_file = file.clock.start() - clock.start() - file.first;
    const Range in_file{range.start + to_file, range.end + to_file};
    const Range available{file.clock.start(), file.clock.start() + file.end};
    track["children"].push_back(
        Clip(RecordOfSource(record, span.source), span, rate, in_file, available));
  }
  Json timeline;
  timeline["OTIO_SCHEMA"] = "Timeline.1";
  timeline["name"] = record.video;
  int64_t first = clock.start();
  if (!record.shots.empty())
    first = at(record.shots.front().start_frame, record.shots.front().start_s);
  timeline["global_start_time"] = RationalTime(rate, first);
  timeline["metadata"] = Json::object();
  if (!clock.note().empty()) timeline["metadata"]["reelbatch"]["frame_rate"] = clock.note();
  timeline["tracks"] = {{"OTIO_SCHEMA", "Stack.1"}, {"name", "tracks"}, {"enabled", true}};
  timeline["tracks"]["children"] = Json::array({std::move(track)});
  return Pretty(timeline);
}

}  // namespace reelbatch::store
