#include "media/file_end.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace reelbatch::media {
namespace {

constexpr uint8_t kSync = 0x47;
constexpr int kPacketsSeen = 5;

size_t ReadAt(const InputFile& file, int64_t at, std::span<uint8_t> bytes) {
  return file.ReadAt(at, reinterpret_cast<char*>(bytes.data()), bytes.size());
}

/// How many bytes stand behind the last whole packet of `size` bytes, of which the first `lead`
/// come before the sync byte; none: the bytes are no such packets.
std::optional<size_t> Rest(const std::vector<uint8_t>& tail, size_t size, size_t lead) {
  for (size_t rest = 0; rest < size; ++rest) {
    if (tail.size() < rest + kPacketsSeen * size) return std::nullopt;
    bool sound = true;
    for (size_t k = 1; k <= kPacketsSeen; ++k)
      sound = sound && tail[tail.size() - rest - k * size + lead] == kSync;
    if (sound) return rest;
  }
  return std::nullopt;
}

/// Transport streams have packets of one size.
bool EndsInAPacket(const InputFile& file) {
  struct Layout {
    size_t size;
    size_t lead;
  };
  constexpr std::array<Layout, 3> kLayouts = {{{188, 0}, {192, 4}, {204, 0}}};
  constexpr int64_t kTailBytes = 204 * (kPacketsSeen + 1);
  const int64_t from = std::max<int64_t>(0, file.bytes() - kTailBytes);
  std::vector<uint8_t> tail(static_cast<size_t>(file.bytes() - from));
  if (ReadAt(file, from, tail) != tail.size()) return false;
  for (const Layout& layout : kLayouts) {
    const auto rest = Rest(tail, layout.size, layout.lead);
    if (rest) return *rest > layout.lead && tail[tail.size() - *rest + layout.lead] == kSync;
  }
  return false;
}

uint32_t LittleEndian(const uint8_t* bytes) {
  return bytes[0] | static_cast<uint32_t>(bytes[1]) << 8U | static_cast<uint32_t>(bytes[2]) << 16U |
         static_cast<uint32_t>(bytes[3]) << 24U;
}

bool IsChunkName(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
}

/// AVI files are chunks that follow each other. A list whose size was never filled in is entered.
bool EndsInAChunk(const InputFile& file) {
  // A finished file has about ten chunks and one more for every gigabyte.
  constexpr int kMostChunks = 100'000;
  constexpr int64_t kHeaderBytes = 8;
  constexpr int64_t kListBytes = 12;
  const int64_t end = file.bytes();
  int64_t at = 0;
  int64_t riff_end = 0;  // what follows it and is no other RIFF is not of the format
  for (int chunk = 0; chunk < kMostChunks && at + kHeaderBytes <= end; ++chunk) {
    std::array<uint8_t, kHeaderBytes> header{};
    if (ReadAt(file, at, header) != header.size()) return false;
    const std::string_view name(reinterpret_cast<const char*>(header.data()), 4);
    const int64_t size = LittleEndian(header.data() + 4);
    if (!IsChunkName(name)) return false;
    if (name == "RIFF") riff_end = size == 0 ? end : at + kHeaderBytes + size;
    if (name == "RIFF" || (name == "LIST" && size == 0)) {
      at += kListBytes;
      continue;
    }
    if (at >= riff_end) return false;
    if (at + kHeaderBytes + size > end) return true;
    at += kHeaderBytes + size + size % 2;
  }
  return false;
}

uint64_t BigEndian(const uint8_t* bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8U | bytes[i];
  return value;
}

/// MP4 files are boxes that follow each other. What follows the last box and has no known name is
/// not of the format.
bool EndsInABox(const InputFile& file) {
  constexpr std::array<std::string_view, 14> kNames = {"ftyp", "moov", "moof", "mdat", "free",
                                                       "skip", "wide", "sidx", "ssix", "styp",
                                                       "mfra", "emsg", "prft", "uuid"};
  constexpr int kMostBoxes = 1'000'000;
  constexpr size_t kShortHeader = 8;
  constexpr size_t kLongHeader = 16;
  const auto end = static_cast<uint64_t>(file.bytes());
  uint64_t at = 0;
  for (int box = 0; box < kMostBoxes && at + kShortHeader <= end; ++box) {
    std::array<uint8_t, kLongHeader> header{};
    const size_t read = ReadAt(file, static_cast<int64_t>(at), header);
    if (read < kShortHeader) return false;
    const std::string_view name(reinterpret_cast<const char*>(header.data()) + 4, 4);
    if (std::ranges::find(kNames, name) == kNames.end()) return false;
    uint64_t size = BigEndian(header.data(), 4);
    if (size == 0) return false;  // up to the end of the file, wherever that is
    if (size == 1 && read == kLongHeader) size = BigEndian(header.data() + kShortHeader, 8);
    if (size < kShortHeader) return false;
    if (size > end - at) return true;
    at += size;
  }
  return false;
}

/// The number that EBML writes at `bytes`, and its length; 0 bytes: none. Ids keep their marker.
struct EbmlNumber {
  uint64_t value = 0;
  size_t bytes = 0;
  bool unknown = false;  // all ones: a size that was not known when it was written
};

EbmlNumber ReadEbml(const uint8_t* bytes, size_t there, bool keep_marker) {
  if (there == 0 || bytes[0] == 0) return {};
  const auto length = static_cast<size_t>(std::countl_zero(bytes[0])) + 1;
  if (length > there) return {};
  const uint64_t ones = (uint64_t{1} << (7 * length)) - 1;
  const uint64_t value = BigEndian(bytes, length);
  return {.value = keep_marker ? value : value & ones,
          .bytes = length,
          .unknown = (value & ones) == ones};
}

/// A Matroska file is a header and a segment that says how long it is, unless it was recorded live.
bool EndsInTheSegment(const InputFile& file) {
  constexpr uint64_t kEbmlId = 0x1A45DFA3;
  constexpr uint64_t kSegmentId = 0x18538067;
  constexpr int kMostElements = 16;
  constexpr int kHeaderBytes = 12;
  const auto end = static_cast<uint64_t>(file.bytes());
  uint64_t at = 0;
  for (int element = 0; element < kMostElements && at < end; ++element) {
    std::array<uint8_t, kHeaderBytes> header{};
    const size_t there = ReadAt(file, static_cast<int64_t>(at), header);
    if (there == 0) return false;
    const EbmlNumber id = ReadEbml(header.data(), there, true);
    const EbmlNumber size = ReadEbml(header.data() + id.bytes, there - id.bytes, false);
    if (id.bytes == 0 || size.bytes == 0 || size.unknown) return false;
    if (element == 0 && id.value != kEbmlId) return false;
    at += id.bytes + size.bytes;
    if (size.value > end - std::min(at, end)) return id.value == kSegmentId;
    at += size.value;
  }
  return false;
}

}  // namespace

bool BreaksOff(std::string_view format, const InputFile& file) {
  if (format == "mpegts") return EndsInAPacket(file);
  if (format == "avi") return EndsInAChunk(file);
  if (format.starts_with("mov")) return EndsInABox(file);
  if (format.starts_with("matroska")) return EndsInTheSegment(file);
  return false;
}

}  // namespace reelbatch::media
