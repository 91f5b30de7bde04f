#include "media/protection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>

namespace reelbatch::media {
namespace {

using std::string_view_literals::operator""sv;

// Where marks of protection stand in containers without an index: near the beginning.
constexpr size_t kHeadBytes = size_t{1} << 20;
constexpr int64_t kMaxMoovBytes = int64_t{64} << 20;

uint64_t BigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

std::string ReadAt(const InputFile& file, int64_t offset, size_t bytes) {
  std::string text(bytes, '\0');
  text.resize(file.ReadAt(offset, text.data(), bytes));
  return text;
}

struct Box {
  std::string_view type;
  std::string_view body;
};

/// The next box of `rest`, which is moved behind it; nothing at the end or where sizes are wrong.
std::optional<Box> NextBox(std::string_view& rest) {
  if (rest.size() < 8) return {};
  uint64_t size = BigEndian(rest.substr(0, 4));
  size_t header = 8;
  if (size == 1 && rest.size() >= 16) {
    size = BigEndian(rest.substr(8, 8));
    header = 16;
  }
  if (size == 0) size = rest.size();
  if (size < header || size > rest.size()) return {};
  const Box box{.type = rest.substr(4, 4), .body = rest.substr(header, size - header)};
  rest.remove_prefix(size);
  return box;
}

/// The first box of that type; an empty text where there is none.
std::string_view Child(std::string_view body, std::string_view type) {
  while (const auto box = NextBox(body)) {
    if (box->type == type) return box->body;
  }
  return {};
}

/// Of a sample entry, where it is of an encrypted track.
std::optional<std::string> ProtectionOfEntry(const Box& entry) {
  constexpr size_t kVideoFields = 78;  // of a VisualSampleEntry before its boxes
  const std::string_view boxes = entry.body.substr(std::min(kVideoFields, entry.body.size()));
  const std::string_view info = Child(boxes, "sinf");
  if (entry.type == "drmi") return "iTunes FairPlay DRM";
  if (entry.type != "encv" && info.empty()) return {};
  const std::string_view scheme = Child(info, "schm");
  const std::string_view name = scheme.size() >= 8 ? scheme.substr(4, 4) : "unknown scheme";
  if (name == "itun") return "iTunes FairPlay DRM";
  return fmt::format("Common Encryption, {}", name);
}

std::optional<std::string> ProtectionOfTrack(std::string_view track, std::optional<int> wanted) {
  const std::string_view header = Child(track, "tkhd");
  const size_t id_at = !header.empty() && header[0] == 1 ? 20 : 12;
  if (header.size() < id_at + 4) return {};
  if (wanted && BigEndian(header.substr(id_at, 4)) != static_cast<uint64_t>(*wanted)) return {};
  const std::string_view media = Child(track, "mdia");
  const std::string_view handler = Child(media, "hdlr");
  if (handler.size() < 12 || handler.substr(8, 4) != "vide") return {};
  std::string_view entries = Child(Child(Child(media, "minf"), "stbl"), "stsd");
  entries.remove_prefix(std::min<size_t>(8, entries.size()));
  while (const auto entry = NextBox(entries)) {
    if (auto protection = ProtectionOfEntry(*entry)) return protection;
  }
  return {};
}

std::optional<std::string> ProtectionOfMp4(const InputFile& file, std::optional<int> track) {
  constexpr int kMostBoxes = 100'000;
  int64_t offset = 0;
  for (int i = 0; i < kMostBoxes; ++i) {
    const std::string header = ReadAt(file, offset, 16);
    if (header.size() < 8) return {};
    const std::string_view type = std::string_view(header).substr(4, 4);
    const auto is_letter = [](char c) { return c >= ' ' && c <= '~'; };
    if (i == 0 && !std::ranges::all_of(type, is_letter)) return {};
    uint64_t size = BigEndian(std::string_view(header).substr(0, 4));
    if (size == 1 && header.size() == 16) size = BigEndian(std::string_view(header).substr(8, 8));
    if (size == 0) size = static_cast<uint64_t>(file.bytes() - offset);
    if (size < 8 || size > static_cast<uint64_t>(file.bytes() - offset)) return {};
    const auto bytes = static_cast<int64_t>(size);
    if (type != "moov") {
      offset += bytes;
      continue;
    }
    if (bytes > kMaxMoovBytes) return {};
    const std::string moov = ReadAt(file, offset, static_cast<size_t>(bytes));
    std::string_view rest = moov;
    const auto movie = NextBox(rest);
    if (!movie) return {};
    std::string_view tracks = movie->body;
    while (const auto box = NextBox(tracks)) {
      if (box->type != "trak") continue;
      if (auto protection = ProtectionOfTrack(box->body, track)) return protection;
    }
    return {};
  }
  return {};
}

std::optional<std::string> ProtectionOfAsf(std::string_view head) {
  constexpr std::string_view kHeader =
      "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"sv;
  constexpr std::string_view kData =
      "\x36\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"sv;
  // Content Encryption, Extended Content Encryption, Advanced Content Encryption.
  constexpr std::array kObjects = {
      "\xfb\xb3\x11\x22\x23\xbd\xd2\x11\xb4\xb7\x00\xa0\xc9\x55\xfc\x6e"sv,
      "\x14\xe6\x8a\x29\x22\x26\x17\x4c\xb9\x35\xda\xe0\x7e\xe9\x28\x9c"sv,
      "\x33\x85\x05\x43\x81\x69\xe6\x49\x9b\x74\xad\x12\xcb\x86\xd5\x8c"sv};
  if (!head.starts_with(kHeader)) return {};
  const std::string_view header = head.substr(0, head.find(kData));
  for (const std::string_view object : kObjects) {
    if (header.find(object) != std::string_view::npos) return "Windows Media DRM";
  }
  return {};
}

/// The key of an encrypted essence packet (SMPTE 429-6), as in protected cinema packages.
std::optional<std::string> ProtectionOfMxf(std::string_view head) {
  constexpr std::string_view kAnyKey = "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02"sv;
  constexpr std::string_view kEncrypted =
      "\x06\x0e\x2b\x34\x02\x04\x01\x07\x0d\x01\x03\x01\x02\x7e\x01\x00"sv;
  if (!head.starts_with(kAnyKey) || head.find(kEncrypted) == std::string_view::npos) return {};
  return "SMPTE 429-6, a cinema package";
}

/// Whether most of the marks that were looked at say "scrambled".
std::optional<std::string> Mostly(int64_t scrambled, int64_t all, std::string_view what) {
  constexpr int64_t kFewest = 4;
  return all >= kFewest && scrambled * 2 > all ? std::optional<std::string>(what) : std::nullopt;
}

std::optional<std::string> ProtectionOfTs(std::string_view head, std::optional<int> pid) {
  constexpr char kSync = 'G';
  for (const size_t stride : {size_t{188}, size_t{192}, size_t{204}}) {
    const size_t first = stride == 192 ? 4 : 0;  // M2TS has a time before every packet
    if (head.size() < first + stride * 5) continue;
    bool in_step = true;
    for (size_t k = 0; k < 5; ++k) in_step = in_step && head[first + k * stride] == kSync;
    if (!in_step) continue;
    int64_t scrambled = 0;
    int64_t all = 0;
    for (size_t at = first; at + 4 <= head.size(); at += stride) {
      const auto flags = static_cast<unsigned char>(head[at + 3]);
      const int id = static_cast<int>(BigEndian(head.substr(at + 1, 2)) & 0x1fff);
      constexpr int kNull = 0x1fff;
      if (head[at] != kSync || (flags & 0x10) == 0 || id == kNull || (pid && id != *pid)) continue;
      ++all;
      scrambled += (flags & 0xc0) != 0 ? 1 : 0;
    }
    return Mostly(scrambled, all, "a scrambled transport stream, as in pay television");
  }
  return {};
}

std::optional<std::string> ProtectionOfPs(std::string_view head) {
  if (!head.starts_with("\x00\x00\x01\xba"sv)) return {};
  int64_t scrambled = 0;
  int64_t all = 0;
  for (size_t at = 0; (at = head.find("\x00\x00\x01"sv, at)) < head.size(); at += 3) {
    if (at + 7 > head.size()) break;
    const auto id = static_cast<unsigned char>(head[at + 3]);
    const auto flags = static_cast<unsigned char>(head[at + 6]);
    const bool video = id >= 0xe0 && id <= 0xef;
    if (!video || (flags & 0xc0) != 0x80) continue;
    ++all;
    scrambled += (flags & 0x30) != 0 ? 1 : 0;
  }
  return Mostly(scrambled, all, "CSS, a protected DVD");
}

}  // namespace

std::optional<std::string> FindProtection(const InputFile& file, std::optional<int> track) {
  if (auto found = ProtectionOfMp4(file, track)) return found;
  const std::string head = ReadAt(file, 0, kHeadBytes);
  if (auto found = ProtectionOfAsf(head)) return found;
  if (auto found = ProtectionOfMxf(head)) return found;
  if (auto found = ProtectionOfTs(head, track)) return found;
  return ProtectionOfPs(head);
}

std::string ProtectionMessage(std::string_view protection) {
  return fmt::format(
      "is encrypted ({}): its pictures cannot be read without the key; decrypt it, "
      "or get a copy without DRM",
      protection);
}

}  // namespace reelbatch::media
