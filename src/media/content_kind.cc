#include "media/content_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "media/input_file.h"

namespace reelbatch::media {
namespace {

namespace fs = std::filesystem;
using std::string_view_literals::operator""sv;

constexpr std::string_view kLeaveOut = "; remove it from the inputs";

/// Bytes that say what a file is, wherever it is called a video.
struct Magic {
  size_t offset;
  std::string_view bytes;
  std::string_view is;      // "a PDF document"
  std::string_view remedy;  // after "not a video"
};

constexpr std::string_view kUnpack = "; unpack it and use the video in it";

constexpr std::array kMagics = std::to_array<Magic>({
    {0, "%PDF-", "a PDF document", kLeaveOut},
    {0, "PK\x03\x04"sv, "a ZIP archive", kUnpack},
    {0, "PK\x05\x06"sv, "an empty ZIP archive", kLeaveOut},
    {0, "\x1f\x8b"sv, "a gzip archive", kUnpack},
    {0, "BZh", "a bzip2 archive", kUnpack},
    {0,
     "\xfd"sv
     "7zXZ\0"sv,
     "an xz archive", kUnpack},
    {0, "\x28\xb5\x2f\xfd"sv, "a Zstandard archive", kUnpack},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive", kUnpack},
    {0, "Rar!\x1a\x07"sv, "a RAR archive", kUnpack},
    {257, "ustar", "a tar archive", kUnpack},
    {0,
     "\x7f"sv
     "ELF"sv,
     "a program", kLeaveOut},
    {0, "MZ", "a Windows program", kLeaveOut},
    {0, "SQLite format 3\0"sv, "an SQLite database", kLeaveOut},
    {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "a Microsoft Office document", kLeaveOut},
    {0, "d8:announce", "a torrent file", "; download what it points to"},
    {0, "d10:created", "a torrent file", "; download what it points to"},
    {0, "\x00\x05\x16\x07"sv, "a metadata file of macOS (AppleDouble)",
     "; the video itself has the same name without '._'"},
    {1080, "M.K.", "tracker music", kLeaveOut},
    {1080, "M!K!", "tracker music", kLeaveOut},
    {1080, "FLT4", "tracker music", kLeaveOut},
    {1080, "4CHN", "tracker music", kLeaveOut},
    {1080, "6CHN", "tracker music", kLeaveOut},
    {1080, "8CHN", "tracker music", kLeaveOut},
    {0, "Extended Module: ", "tracker music", kLeaveOut},
    {0, "IMPM", "tracker music", kLeaveOut},
    {44, "SCRM", "tracker music", kLeaveOut},
});

struct Brand {
  std::string_view brand;  // of the ftyp box
  std::string_view message;
};

constexpr std::string_view kHeic =
    "is a still picture (HEIC), not a video; convert it to .jpg, or remove it from the inputs";
constexpr std::string_view kHeicSequence =
    "is a picture sequence (HEIC), which this FFmpeg cannot read; convert it to .mp4";
constexpr std::string_view kAvif =
    "is a still picture (AVIF), not a video; convert it to .jpg, or remove it from the inputs";

constexpr std::array kBrands = std::to_array<Brand>({
    {"heic", kHeic},
    {"heix", kHeic},
    {"heim", kHeic},
    {"heis", kHeic},
    {"hevc", kHeicSequence},
    {"hevx", kHeicSequence},
    {"hevm", kHeicSequence},
    {"hevs", kHeicSequence},
    {"avif", kAvif},
    {"avis", "is an animated picture (AVIF), which this FFmpeg cannot read; convert it to .mp4"},
    {"mif1",
     "is a still picture (HEIF), not a video; convert it to .jpg, or remove it from the inputs"},
    {"msf1", "is a picture sequence (HEIF), which this FFmpeg cannot read; convert it to .mp4"},
});

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

std::string EndingOf(const fs::path& file) { return Lower(file.extension().native()); }

/// The general brands (mif1, msf1) are the last to name it.
std::optional<ContentKind> NameBrand(std::string_view head) {
  if (head.size() < 16 || head.substr(4, 4) != "ftyp") return {};
  size_t size = 0;
  for (const char byte : head.substr(0, 4)) size = size * 256 + static_cast<unsigned char>(byte);
  const std::string_view major = head.substr(8, 4);
  const auto known = std::ranges::find(kBrands, major, &Brand::brand);
  if (known == kBrands.end()) return {};
  if (major != "mif1" && major != "msf1") return ContentKind{std::string(known->message)};
  for (size_t at = 16; at + 4 <= std::min(size, head.size()); at += 4) {
    const auto exact = std::ranges::find(kBrands, head.substr(at, 4), &Brand::brand);
    const bool sequence = exact != kBrands.end() && exact->message.starts_with("is a picture seq");
    if (exact != kBrands.end() && exact->brand != "mif1" && exact->brand != "msf1" &&
        (major == "msf1" || !sequence)) {
      return ContentKind{std::string(exact->message)};
    }
  }
  return ContentKind{std::string(known->message)};
}

std::optional<ContentKind> NameMagic(std::string_view head) {
  for (const Magic& magic : kMagics) {
    if (head.size() < magic.offset || !head.substr(magic.offset).starts_with(magic.bytes)) {
      continue;
    }
    return ContentKind{fmt::format("is {}, not a video{}", magic.is, magic.remedy)};
  }
  // Bit 1 of the flags of an extended WebP: it moves.
  constexpr size_t kFlags = 20;
  if (head.size() > kFlags && head.starts_with("RIFF") && head.substr(8, 8) == "WEBPVP8X" &&
      (head[kFlags] & 2) != 0) {
    return ContentKind{
        "is an animated WebP, which this FFmpeg cannot decode; convert it to .mp4 or .gif"};
  }
  return NameBrand(head);
}

/// No control characters but those that text has.
bool IsText(std::string_view head) {
  return !head.empty() && std::ranges::all_of(head, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
  });
}

/// "12" newline "00:00:01,000 --> ": the first lines of SubRip.
bool IsSubRip(std::string_view text) {
  const size_t arrow = text.find("-->");
  return arrow != std::string_view::npos && arrow < 64 && text[0] >= '0' && text[0] <= '9';
}

/// A beginning of text that says what it is; compared in lower case.
struct TextMark {
  std::string_view begins;
  std::string_view holds;  // somewhere in the head; empty: anything
  std::string_view message;
  bool meant_as_video = false;
};

constexpr std::array kTextMarks = std::to_array<TextMark>({
    {"version https://git-lfs.github.com/", "",
     "is a Git LFS pointer, not a video; fetch the video itself: git lfs pull", true},
    {"", "/annex/objects/",
     "is a git-annex pointer, not a video; fetch the video itself: git annex "
     "get",
     true},
    {"#extm3u", "",
     "is a playlist (M3U), not a video; download what it lists into one file: ffmpeg "
     "-i ADDRESS -c copy clip.mp4",
     true},
    {"[playlist]", "", "is a playlist (PLS), not a video; download what it lists", true},
    {"<", "<mpd",
     "is a playlist (DASH), not a video; download what it lists into one file: ffmpeg "
     "-i ADDRESS -c copy clip.mp4",
     true},
    {"<", "<html",
     "is a web page (HTML), not a video: a server sent a page instead of the file; "
     "read the page to see why, and download the file again",
     true},
    {"<!doctype html", "",
     "is a web page (HTML), not a video: a server sent a page instead of the "
     "file; read the page to see why, and download the file again",
     true},
    {"<", "<!doctype ts", "is a translation file of Qt, not a video; remove it from the inputs"},
    {"<", "<ts ", "is a translation file of Qt, not a video; remove it from the inputs"},
    {"<", "<svg", "is a drawing (SVG), not a video; remove it from the inputs"},
    {"<", "<tt ", "is a subtitle file (TTML), not a video; remove it from the inputs"},
    {"<", "<error",
     "is an error message of a server (XML), not a video; read it to see why, and "
     "download the file again",
     true},
    {"<?xml", "", "is XML text, not a video; remove it from the inputs"},
    {"webvtt", "", "is a subtitle file (WebVTT), not a video; remove it from the inputs"},
    {"[script info]", "", "is a subtitle file (ASS), not a video; remove it from the inputs"},
    {"[internetshortcut]", "", "is a link, not a video; download what it points to"},
});

std::optional<ContentKind> NameText(const fs::path& file, std::string_view head) {
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff"))
    return ContentKind{"is text (UTF-16), not a video" + std::string(kLeaveOut)};
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  if (!IsText(head)) return {};
  const std::string lower = Lower(head);
  const std::string_view text =
      std::string_view(lower).substr(std::min(lower.find_first_not_of(" \t\r\n"), lower.size()));
  for (const TextMark& mark : kTextMarks) {
    if (text.starts_with(mark.begins) && text.find(mark.holds) != std::string_view::npos)
      return ContentKind{std::string(mark.message), mark.meant_as_video};
  }
  const std::string ending = EndingOf(file);
  if (ending == ".ts" || ending == ".mts" || ending == ".cts" || ending == ".tsx") {
    return ContentKind{"is TypeScript source, not an MPEG transport stream and not a video" +
                       std::string(kLeaveOut)};
  }
  if (ending == ".avs")
    return ContentKind{"is an AviSynth script, not a video; render it to a video first"};
  if (!text.empty() && IsSubRip(text))
    return ContentKind{"is a subtitle file (SubRip), not a video" + std::string(kLeaveOut)};
  if (text.starts_with('{') || text.starts_with("[{")) {
    return ContentKind{
        "is JSON text, not a video; if a server sent it instead of the file, the text says why",
        true};
  }
  return ContentKind{
      "is text, not a video; if it lists videos, write @ before its name, else remove it from the "
      "inputs"};
}

constexpr std::array kUnfinishedEndings =
    std::to_array<std::string_view>({".part", ".partial", ".crdownload", ".download", ".opdownload",
                                     ".aria2", ".!ut", ".!qb", ".ytdl", ".filepart", ".tmp"});

std::optional<ContentKind> NameUnfinished(const fs::path& file) {
  const std::string ending = EndingOf(file);
  if (std::ranges::find(kUnfinishedEndings, ending) != kUnfinishedEndings.end()) {
    return ContentKind{fmt::format("is an unfinished download ({}) that cannot be read yet; let it "
                                   "finish, or download the video again",
                                   ending),
                       true};
  }
  for (const std::string_view control : {".aria2", ".part", ".ytdl"}) {
    fs::path beside = file;
    beside += control;
    std::error_code error;
    if (!fs::exists(beside, error)) continue;
    return ContentKind{fmt::format("is an unfinished download ({} is in the same folder); let it "
                                   "finish, or download the video again",
                                   beside.filename().string()),
                       true};
  }
  return {};
}

/// An HLS segment is encrypted as a whole: no sync byte is left, and AES has filled it up.
std::optional<ContentKind> NameEncryptedSegment(const fs::path& file, std::string_view head,
                                                int64_t bytes) {
  constexpr int64_t kAesBlock = 16;
  constexpr size_t kTsPacket = 188;
  const bool sync = head.size() > kTsPacket && head[0] == 'G' && head[kTsPacket] == 'G';
  if (EndingOf(file) != ".ts" || sync || bytes % kAesBlock != 0) return {};
  return ContentKind{
      "is not a readable video: it has no MPEG transport stream and may be an encrypted HLS "
      "segment; download and decrypt it with its playlist: ffmpeg -i ADDRESS -c copy clip.mp4",
      true};
}

bool AllZero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c == '\0'; });
}

}  // namespace

std::optional<ContentKind> NameContent(const fs::path& file, std::string_view head, int64_t bytes) {
  if (auto unfinished = NameUnfinished(file)) return unfinished;
  if (head.empty()) return {};
  if (AllZero(head)) {
    return ContentKind{fmt::format("begins with {} zero bytes and is not a video: its content was "
                                   "never written; copy or download it again",
                                   head.size()),
                       true};
  }
  if (auto named = NameMagic(head)) return named;
  if (auto named = NameText(file, head)) return named;
  return NameEncryptedSegment(file, head, bytes);
}

std::optional<std::string> OtherThanVideo(const fs::path& file) {
  auto input = InputFile::Open(file, nullptr);
  if (!input) return {};
  std::string head(kContentHeadBytes, '\0');
  head.resize((*input)->ReadAt(0, head.data(), head.size()));
  auto kind = NameContent(file, head, (*input)->bytes());
  if (!kind || kind->meant_as_video) return {};
  return std::move(kind->message);
}

}  // namespace reelbatch::media
