#include "store/npz_reader.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using base::Code;
using contracts::ElementType;
using contracts::Tensor;

// Magic, version and length of the header of .npy 1.0. Source: numpy.lib.format.
constexpr size_t kPreamble = 10;
constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
constexpr std::string_view kEnding = ".npy";
constexpr std::string_view kMeta = "meta";
// What NumPy allows.
constexpr size_t kMostDimensions = 32;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

base::Error ZipError(zip_error_t* error, std::string context) {
  Code code = Code::kCorrupt;
  switch (zip_error_code_zip(error)) {
    case ZIP_ER_MEMORY:
      code = Code::kOutOfMemory;
      break;
    case ZIP_ER_OPEN:
    case ZIP_ER_NOENT:
    case ZIP_ER_READ:
    case ZIP_ER_SEEK:
      code = Code::kIo;
      break;
    default:
      break;
  }
  return {code, fmt::format("cannot be read as an npz archive: {}", zip_error_strerror(error)),
          std::move(context)};
}

/// The header of a member. `descr`: NumPy's type string.
struct Header {
  std::string_view descr;
  std::vector<int64_t> shape;
  size_t bytes = 0;  // of the preamble and the header
};

/// Takes `wanted` from the front of `text`. False: something else is there.
bool Skip(std::string_view& text, std::string_view wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(wanted.size());
  return true;
}

/// "(", "2, 4" or "2,", ")".
std::optional<std::vector<int64_t>> TakeShape(std::string_view& text) {
  std::vector<int64_t> shape;
  if (!Skip(text, "(")) return std::nullopt;
  while (!Skip(text, ")")) {
    if (!shape.empty() && !Skip(text, " ")) return std::nullopt;
    int64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc() || size < 0 || shape.size() == kMostDimensions) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    shape.push_back(size);
    const bool comma = Skip(text, ",");
    if (!comma && (shape.size() == 1 || !text.starts_with(")"))) return std::nullopt;
  }
  return shape;
}

/// None: it is not one that Npz() writes.
std::optional<Header> ParseHeader(std::string_view member) {
  if (member.size() < kPreamble || !member.starts_with(kMagic)) return std::nullopt;
  const size_t length =
      static_cast<uint8_t>(member[8]) + static_cast<size_t>(static_cast<uint8_t>(member[9])) * 256;
  if (member.size() - kPreamble < length) return std::nullopt;
  std::string_view text = member.substr(kPreamble, length);
  Header header{.descr = {}, .shape = {}, .bytes = kPreamble + length};
  if (!Skip(text, "{'descr': '")) return std::nullopt;
  header.descr = text.substr(0, text.find('\''));
  text.remove_prefix(header.descr.size());
  if (!Skip(text, "', 'fortran_order': False, 'shape': ")) return std::nullopt;
  auto shape = TakeShape(text);
  if (!shape || !Skip(text, ", }")) return std::nullopt;
  header.shape = std::move(*shape);
  const bool padded = text.ends_with('\n') && text.find_first_not_of(' ') == text.size() - 1;
  return padded ? std::optional(std::move(header)) : std::nullopt;
}

std::optional<ElementType> TypeOf(std::string_view descr) {
  constexpr std::pair<std::string_view, ElementType> kTypes[] = {
      {"<f4", ElementType::kFloat32}, {"<i4", ElementType::kInt32},   {"<i8", ElementType::kInt64},
      {"|u1", ElementType::kUint8},   {"<f8", ElementType::kFloat64}, {"<i2", ElementType::kInt16},
      {"|b1", ElementType::kBool}};
  const auto* const found =
      std::ranges::find(kTypes, descr, &std::pair<std::string_view, ElementType>::first);
  return found == std::end(kTypes) ? std::nullopt : std::optional(found->second);
}

/// Whether `bytes` are exactly those of the shape. A product that no integer holds is never that.
bool Fills(const std::vector<int64_t>& shape, size_t element_bytes, size_t bytes) {
  size_t count = element_bytes;
  for (const int64_t size : shape) {
    const auto factor = static_cast<size_t>(size);
    constexpr auto kMost = static_cast<size_t>(std::numeric_limits<int64_t>::max());
    if (factor > 0 && count > kMost / factor) return false;
    count *= factor;
  }
  return count == bytes;
}

/// The code points of a unicode scalar as UTF-8, without the NULs at its end. None: one of them is
/// no character.
std::optional<std::string> Utf8Of(std::string_view bytes) {
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 4) {
    uint32_t code = 0;
    for (size_t i = 4; i-- > 0;) code = code << 8 | static_cast<uint8_t>(bytes[at + i]);
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return std::nullopt;
    const auto tail = [&](int shift) {
      text.push_back(static_cast<char>(0x80U | (code >> shift & 0x3FU)));
    };
    if (code < 0x80) {
      text.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
      text.push_back(static_cast<char>(0xC0U | code >> 6));
    } else if (code < 0x10000) {
      text.push_back(static_cast<char>(0xE0U | code >> 12));
      tail(6);
    } else {
      text.push_back(static_cast<char>(0xF0U | code >> 18));
      tail(12);
      tail(6);
    }
    if (code >= 0x80) tail(0);
  }
  while (text.ends_with('\0')) text.pop_back();
  return text;
}

class Reader {
 public:
  explicit Reader(const fs::path& file) : file_(file), name_(base::PathForPeople(file)) {}

  base::Result<NpzContent> Go() {
    if (auto opened = Open(); !opened) return std::unexpected(opened.error());
    const zip_int64_t members = zip_get_num_entries(archive_.get(), 0);
    for (zip_int64_t index = 0; index < members; ++index) {
      if (auto read = Read(static_cast<zip_uint64_t>(index)); !read)
        return std::unexpected(read.error());
    }
    if (!has_meta_) return base::Fail(Code::kCorrupt, "has no member \"meta.npy\"", name_);
    return std::move(content_);
  }

 private:
  base::Status Open() {
    std::error_code error;
    const auto bytes = fs::file_size(file_, error);
    if (error) return base::Fail(Code::kIo, "cannot be read: " + error.message(), name_);
    left_ = bytes;
    int code = 0;
    archive_.reset(zip_open(file_.c_str(), ZIP_RDONLY, &code));
    if (archive_) return {};
    zip_error_t reason;
    zip_error_init_with_code(&reason, code);
    const base::Error failed = ZipError(&reason, name_);
    zip_error_fini(&reason);
    return std::unexpected(failed);
  }

  base::Status Read(zip_uint64_t index) {
    zip_stat_t about;
    if (zip_stat_index(archive_.get(), index, 0, &about) != 0)
      return std::unexpected(ZipError(zip_get_error(archive_.get()), name_));
    constexpr zip_uint64_t kNeeded =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if ((about.valid & kNeeded) != kNeeded)
      return base::Fail(Code::kCorrupt, "has a member without name or size", name_);
    const std::string member = about.name;
    const std::string where = name_ + ": " + base::ValidUtf8(member);
    if (about.comp_method != ZIP_CM_STORE || about.encryption_method != ZIP_EM_NONE)
      return base::Fail(
          Code::kCorrupt,
          "is compressed or encrypted, but reelbatch writes arrays without compression", where);
    // However many members name the same bytes: together they hold no more than the file.
    if (about.size > left_) return base::Fail(Code::kCorrupt, "is larger than its file", where);
    left_ -= about.size;
    auto bytes = Bytes(index, about.size, where);
    if (!bytes) return std::unexpected(bytes.error());
    return Add(member, std::move(*bytes), where);
  }

  /// All of a member: its checksum is compared at its end.
  base::Result<std::string> Bytes(zip_uint64_t index, zip_uint64_t size, const std::string& where) {
    const std::unique_ptr<zip_file_t, CloseMember> member(
        zip_fopen_index(archive_.get(), index, 0));
    if (!member) return std::unexpected(ZipError(zip_get_error(archive_.get()), where));
    std::string bytes(size, '\0');
    size_t filled = 0;
    while (filled < bytes.size()) {
      const zip_int64_t got = zip_fread(member.get(), bytes.data() + filled, bytes.size() - filled);
      if (got < 0) return std::unexpected(ZipError(zip_file_get_error(member.get()), where));
      if (got == 0) return base::Fail(Code::kCorrupt, "is cut short", where);
      filled += static_cast<size_t>(got);
    }
    char behind = 0;
    const zip_int64_t more = zip_fread(member.get(), &behind, 1);
    if (more < 0) return std::unexpected(ZipError(zip_file_get_error(member.get()), where));
    if (more > 0) return base::Fail(Code::kCorrupt, "is longer than the archive states", where);
    return bytes;
  }

  base::Status Add(std::string_view member, std::string bytes, const std::string& where) {
    const std::optional<Header> header = ParseHeader(bytes);
    if (!member.ends_with(kEnding) || !header)
      return base::Fail(Code::kCorrupt,
                        "is not an array in the format of reelbatch (.npy 1.0, C order)", where);
    member.remove_suffix(kEnding.size());
    if (member == kMeta) return AddMeta(*header, bytes, where);
    const auto known = std::ranges::find(content_.arrays, member, &Tensor::name);
    if (known != content_.arrays.end())
      return base::Fail(Code::kCorrupt, "is in the archive twice", where);
    const std::optional<ElementType> type = TypeOf(header->descr);
    if (!type)
      return base::Fail(Code::kCorrupt,
                        fmt::format("has the type '{}', which reelbatch does not use",
                                    base::ValidUtf8(std::string(header->descr))),
                        where);
    if (!Fills(header->shape, contracts::ElementBytes(*type), bytes.size() - header->bytes))
      return base::Fail(Code::kCorrupt, "has a shape that does not match its number of bytes",
                        where);
    Tensor array{.name = std::string(member), .type = *type, .shape = header->shape, .bytes = {}};
    bytes.erase(0, header->bytes);
    array.bytes = std::move(bytes);
    content_.arrays.push_back(std::move(array));
    return {};
  }

  base::Status AddMeta(const Header& header, std::string_view bytes, const std::string& where) {
    const std::string_view points = bytes.substr(header.bytes);
    const bool text = header.shape.empty() && points.size() % 4 == 0 &&
                      header.descr == fmt::format("<U{}", points.size() / 4);
    auto utf8 = text ? Utf8Of(points) : std::nullopt;
    if (!utf8 || has_meta_)
      return base::Fail(Code::kCorrupt, "is not a single Unicode text", where);
    content_.meta = std::move(*utf8);
    has_meta_ = true;
    return {};
  }

  const fs::path& file_;
  const std::string name_;
  Archive archive_;
  uint64_t left_ = 0;  // bytes of the file that no member has named
  bool has_meta_ = false;
  NpzContent content_;
};

}  // namespace

base::Result<NpzContent> ReadNpz(const fs::path& file) { return Reader(file).Go(); }

}  // namespace reelbatch::store
