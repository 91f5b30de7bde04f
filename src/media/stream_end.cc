#include "media/stream_end.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace reelbatch::media {
namespace {

// Note [Lying headers]
// Headers of damaged files claim anything: 10^9 frames, 300 years. Nothing here allocates or loops
// by such a number, but progress and admission use them. A duration above ten years is taken as
// unknown.
constexpr double kMaxDurationS = 10.0 * 366 * 24 * 3600;

bool IsFormat(const AVFormatContext& format, std::string_view name) {
  return std::string_view(format.iformat->name).starts_with(name);
}

/// Matroska writes when a track ends, or how long it is, into its tags: "00:00:52.209000000".
struct DurationTag {
  double seconds = 0;
  bool is_length = false;
};

std::optional<DurationTag> ReadDurationTag(const AVStream& stream) {
  const AVDictionaryEntry* tag = av_dict_get(stream.metadata, "DURATION", nullptr, 0);
  int hours = 0;
  int minutes = 0;
  double seconds = 0;
  // NOLINTNEXTLINE(bugprone-unchecked-string-to-number-conversion): the count of fields is checked
  if (tag == nullptr || std::sscanf(tag->value, "%d:%d:%lf", &hours, &minutes, &seconds) != 3) {
    return std::nullopt;
  }
  // mkvmerge's statistics say how long a track is. FFmpeg says when it ends.
  const bool statistics = av_dict_get(stream.metadata, "_STATISTICS_WRITING_APP", nullptr,
                                      AV_DICT_IGNORE_SUFFIX) != nullptr;
  return DurationTag{.seconds = hours * 3600.0 + minutes * 60.0 + seconds, .is_length = statistics};
}

double StartOrZero(const AVStream& stream) {
  if (stream.start_time == AV_NOPTS_VALUE) return 0;
  return TicksToSeconds(stream.start_time, stream.time_base);
}

/// A length that is the stream's own.
std::optional<double> OwnSeconds(const AVFormatContext& format, const AVStream& stream) {
  if (stream.duration == AV_NOPTS_VALUE) return std::nullopt;
  if (format.duration_estimation_method != AVFMT_DURATION_FROM_STREAM) return std::nullopt;
  const bool counted =
      CountsSamples(format, stream) || IsFormat(format, "avi") || IsFormat(format, "mxf");
  if (!counted) return std::nullopt;
  return TicksToSeconds(stream.duration, stream.time_base);
}

std::optional<double> SaidSeconds(const AVFormatContext& format, const AVStream& stream,
                                  double start_s) {
  if (stream.duration != AV_NOPTS_VALUE) return TicksToSeconds(stream.duration, stream.time_base);
  if (const auto tag = ReadDurationTag(stream)) {
    return tag->is_length ? tag->seconds : tag->seconds - start_s;
  }
  if (format.duration == AV_NOPTS_VALUE ||
      format.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) {
    return std::nullopt;
  }
  const double whole_s = TicksToSeconds(format.duration, av_get_time_base_q());
  // Matroska counts from the clock's zero, the others from the first packet.
  double from_s = 0;
  if (!IsFormat(format, "matroska") && format.start_time != AV_NOPTS_VALUE) {
    from_s = TicksToSeconds(format.start_time, av_get_time_base_q());
  }
  const double late_s = std::max(0.0, start_s - from_s);
  return whole_s > late_s ? whole_s - late_s : whole_s;
}

/// What the stretch that the index covers makes of the whole file's bytes.
std::optional<double> IndexedSeconds(const AVStream& stream, int64_t file_bytes) {
  auto* const indexed = const_cast<AVStream*>(&stream);
  const int entries = avformat_index_get_entries_count(indexed);
  constexpr int kFewest = 2;
  if (entries < kFewest) return std::nullopt;
  const AVIndexEntry* const first = avformat_index_get_entry(indexed, 0);
  const AVIndexEntry* const last = avformat_index_get_entry(indexed, entries - 1);
  const double seconds = TicksToSeconds(last->timestamp - first->timestamp, stream.time_base);
  const auto bytes = static_cast<double>(last->pos - first->pos);
  if (!(seconds > 0) || !(bytes > 0)) return std::nullopt;
  return seconds * static_cast<double>(file_bytes) / bytes;
}

}  // namespace

std::optional<double> OwnEnd(const AVFormatContext& format, const AVStream& stream) {
  if (const auto seconds = OwnSeconds(format, stream)) return StartOrZero(stream) + *seconds;
  const auto tag = ReadDurationTag(stream);
  if (!tag || !IsFormat(format, "matroska")) return std::nullopt;
  return tag->is_length ? StartOrZero(stream) + tag->seconds : tag->seconds;
}

bool CountsSamples(const AVFormatContext& format, const AVStream& stream) {
  return IsFormat(format, "mov") && stream.nb_frames > 0;
}

std::optional<double> LikelySeconds(const AVFormatContext& format, const AVStream& stream,
                                    double start_s, int64_t file_bytes) {
  auto seconds = SaidSeconds(format, stream, start_s);
  if (seconds && (!(*seconds > 0) || *seconds > kMaxDurationS)) return std::nullopt;
  if (!seconds || CountsSamples(format, stream)) return seconds;
  // Rates vary within a file, but not by so much.
  constexpr double kMostTimes = 8;
  constexpr double kLeastS = 10;
  const auto indexed = IndexedSeconds(stream, file_bytes);
  if (indexed && *seconds > kMostTimes * *indexed && *seconds > kLeastS) return indexed;
  return seconds;
}

}  // namespace reelbatch::media
