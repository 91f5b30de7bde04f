#include "media/source_timecode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace reelbatch::media {
namespace {

constexpr int kHours = 24;
constexpr int kSixty = 60;
constexpr int kMostFrames = 1000;

std::optional<int> Number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty() || value < 0)
    return std::nullopt;
  return value;
}

std::optional<contracts::SourceTimecode> Checked(const std::array<int, 4>& parts, bool drop,
                                                 contracts::Rational rate) {
  const double most = rate.num > 0 ? std::round(rate.value()) : kMostFrames;
  if (parts[0] >= kHours || parts[1] >= kSixty || parts[2] >= kSixty || parts[3] >= most)
    return std::nullopt;
  return contracts::SourceTimecode{
      .text = fmt::format("{:02}:{:02}:{:02}{}{:02}", parts[0], parts[1], parts[2],
                          drop ? ';' : ':', parts[3]),
      .drop_frame = drop,
      .rate = rate};
}

std::optional<std::string_view> Tag(const AVDictionary* tags) {
  const AVDictionaryEntry* const tag = av_dict_get(tags, "timecode", nullptr, 0);
  return tag == nullptr ? std::nullopt : std::optional<std::string_view>(tag->value);
}

contracts::Rational RateOf(const AVStream& stream) {
  // The base rate of interlaced and of some other streams is that of the fields.
  const double share = av_q2d(stream.avg_frame_rate) / std::max(av_q2d(stream.r_frame_rate), 1e-9);
  const bool fields = share > 0.499 && share < 0.501;
  if (stream.r_frame_rate.num > 0 && !fields) return FromAv(stream.r_frame_rate);
  return stream.avg_frame_rate.num > 0 ? FromAv(stream.avg_frame_rate) : contracts::Rational{0, 1};
}

}  // namespace

std::optional<contracts::SourceTimecode> ParseTimecode(std::string_view text,
                                                       contracts::Rational rate) {
  std::array<int, 4> parts = {};
  bool drop = false;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t end = i + 1 < parts.size() ? text.find_first_of(":;.") : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const auto number = Number(text.substr(0, end));
    if (!number) return std::nullopt;
    parts[i] = *number;
    if (i + 1 == parts.size()) break;
    drop = drop || text[end] != ':';
    text.remove_prefix(end + 1);
  }
  return Checked(parts, drop, rate);
}

std::optional<contracts::SourceTimecode> ContainerTimecode(const AVFormatContext& format,
                                                           const AVStream& stream) {
  const contracts::Rational rate = RateOf(stream);
  if (const auto tag = Tag(stream.metadata)) return ParseTimecode(*tag, rate);
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& other = *format.streams[i];
    if (other.codecpar->codec_tag != MKTAG('t', 'm', 'c', 'd')) continue;
    const contracts::Rational own = FromAv(other.avg_frame_rate);
    if (const auto tag = Tag(other.metadata)) return ParseTimecode(*tag, own.num > 0 ? own : rate);
  }
  const auto tag = Tag(format.metadata);
  return tag ? ParseTimecode(*tag, rate) : std::nullopt;
}

std::optional<contracts::SourceTimecode> GroupTimecode(std::span<const uint8_t> packet,
                                                       contracts::Rational rate) {
  constexpr std::array<uint8_t, 4> kGroupStart = {0, 0, 1, 0xb8};
  const auto found = std::ranges::search(packet, kGroupStart);
  if (packet.end() - found.end() < 4) return std::nullopt;
  uint32_t bits = 0;
  for (int i = 0; i < 4; ++i) bits = bits << 8U | found.end()[i];
  const auto field = [bits](unsigned from, unsigned count) {
    return static_cast<int>(bits >> (32 - from - count) & ((1U << count) - 1));
  };
  // drop_frame_flag, hours, minutes, a marker bit, seconds, pictures: ISO/IEC 13818-2, 6.2.2.6.
  const std::array<int, 4> parts = {field(1, 5), field(6, 6), field(13, 6), field(19, 6)};
  if (parts == std::array<int, 4>{}) return std::nullopt;
  return Checked(parts, field(0, 1) != 0, rate);
}

}  // namespace reelbatch::media
