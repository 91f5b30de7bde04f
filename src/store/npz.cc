#include "store/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <bit>
#include <memory>

#include "base/text.h"

namespace reelbatch::store {
namespace {

static_assert(std::endian::native == std::endian::little, "npz members are written as they lie");

// MS-DOS date of 1980-01-01, its first day: (year - 1980) << 9 | month << 5 | day.
constexpr zip_uint16_t kFirstDosDate = (1 << 5) | 1;
// Unix mode of a regular file, rw-r--r--, in the upper half, as zip(1) writes it.
constexpr zip_uint32_t kFileAttributes = 0100644U << 16;

/// One member of the archive. `descr`: NumPy's type string, "<f4", "|b1", "<U7".
struct Member {
  std::string_view name;
  std::string descr;
  std::vector<int64_t> shape;  // empty: a scalar
  const std::string* bytes = nullptr;
};

std::string_view DescrOf(contracts::ElementType type) {
  switch (type) {
    case contracts::ElementType::kFloat32:
      return "<f4";
    case contracts::ElementType::kInt32:
      return "<i4";
    case contracts::ElementType::kInt64:
      return "<i8";
    case contracts::ElementType::kUint8:
      return "|u1";
    case contracts::ElementType::kFloat64:
      return "<f8";
    case contracts::ElementType::kInt16:
      return "<i2";
    case contracts::ElementType::kBool:
      break;
  }
  return "|b1";
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

/// Magic, version, header length, header: a multiple of 64 bytes that ends with a newline.
std::string NpyHeader(const Member& array) {
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}",
                                 array.descr, ShapeText(array.shape));
  constexpr size_t kPreamble = 10;
  const size_t unpadded = kPreamble + dict.size() + 1;
  dict.append((64 - unpadded % 64) % 64, ' ');
  dict.push_back('\n');
  std::string header("\x93NUMPY\x01\x00", 8);
  header.push_back(static_cast<char>(dict.size() & 0xFF));
  header.push_back(static_cast<char>(dict.size() >> 8));
  return header + dict;
}

base::Error ZipError(zip_error_t* error) {
  const bool memory = zip_error_code_zip(error) == ZIP_ER_MEMORY;
  return {memory ? base::Code::kOutOfMemory : base::Code::kInternal,
          fmt::format("cannot make the npz archive: {}", zip_error_strerror(error))};
}

/// A libzip archive that writes to memory. Owns the archive until Close().
class MemoryArchive {
 public:
  MemoryArchive() { zip_error_init(&error_); }
  ~MemoryArchive() {
    if (archive_ != nullptr) zip_discard(archive_);
    if (output_ != nullptr) zip_source_free(output_);
    zip_error_fini(&error_);
  }
  MemoryArchive(const MemoryArchive&) = delete;
  MemoryArchive& operator=(const MemoryArchive&) = delete;

  base::Status Open() {
    output_ = zip_source_buffer_create(nullptr, 0, 0, &error_);
    if (output_ == nullptr) return std::unexpected(ZipError(&error_));
    zip_source_keep(output_);  // one reference for the archive, one to read the result
    archive_ = zip_open_from_source(output_, ZIP_TRUNCATE, &error_);
    if (archive_ != nullptr) return {};
    zip_source_free(output_);
    return std::unexpected(ZipError(&error_));
  }

  /// `fragments` and the bytes they name must live until Close().
  base::Status Add(const std::string& name, zip_buffer_fragment_t* fragments, size_t count) {
    zip_source_t* source = zip_source_buffer_fragment(archive_, fragments, count, 0);
    if (source == nullptr) return std::unexpected(ZipError(zip_get_error(archive_)));
    const zip_int64_t index = zip_file_add(archive_, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return std::unexpected(ZipError(zip_get_error(archive_)));
    }
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive_, at, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(archive_, at, 0, kFirstDosDate, 0) != 0 ||
        zip_file_set_external_attributes(archive_, at, 0, ZIP_OPSYS_UNIX, kFileAttributes) != 0) {
      return std::unexpected(ZipError(zip_get_error(archive_)));
    }
    return {};
  }

  base::Result<std::string> Close() {
    if (zip_close(archive_) != 0) return std::unexpected(ZipError(zip_get_error(archive_)));
    archive_ = nullptr;
    zip_stat_t info;
    if (zip_source_stat(output_, &info) != 0 || zip_source_open(output_) != 0) {
      return std::unexpected(ZipError(zip_source_error(output_)));
    }
    std::string bytes(info.size, '\0');
    const zip_int64_t got = zip_source_read(output_, bytes.data(), bytes.size());
    zip_source_close(output_);
    if (got != static_cast<zip_int64_t>(bytes.size())) {
      return std::unexpected(ZipError(zip_source_error(output_)));
    }
    return bytes;
  }

 private:
  zip_error_t error_{};
  zip_source_t* output_ = nullptr;
  zip_t* archive_ = nullptr;
};

/// The code points of a text, four bytes each. NumPy has no unicode scalar of width 0: an empty
/// text is one NUL, which it strips again.
std::string CodePoints(std::string_view text) {
  std::string bytes;
  const std::string valid = base::ValidUtf8(text);
  std::string_view rest = valid;
  while (!rest.empty()) {
    const size_t length = base::Utf8Length(rest);
    // The lead byte of a sequence of n > 1 bytes carries 7 - n bits, every other one 6.
    auto code = static_cast<uint32_t>(static_cast<uint8_t>(rest[0]));
    if (length > 1) code &= 0xFFU >> (length + 1);
    for (size_t i = 1; i < length; ++i) {
      code = code << 6 | (static_cast<uint8_t>(rest[i]) & 0x3FU);
    }
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>(code >> shift & 0xFFU));
    }
    rest.remove_prefix(length);
  }
  if (bytes.empty()) bytes.assign(4, '\0');
  return bytes;
}

bool FillsItsShape(const contracts::Tensor& array) {
  const auto bytes = static_cast<int64_t>(contracts::ElementBytes(array.type));
  return contracts::ElementCount(array.shape) * bytes == static_cast<int64_t>(array.bytes.size());
}

}  // namespace

base::Result<std::string> Npz(const std::vector<contracts::Tensor>& arrays, std::string_view meta) {
  const std::string code_points = CodePoints(meta);
  std::vector<Member> members;
  for (const contracts::Tensor& array : arrays) {
    if (!FillsItsShape(array)) {
      return base::Fail(base::Code::kInternal, "bytes and shape differ", "npz array " + array.name);
    }
    members.push_back({.name = array.name,
                       .descr = std::string(DescrOf(array.type)),
                       .shape = array.shape,
                       .bytes = &array.bytes});
  }
  members.push_back({.name = "meta",
                     .descr = fmt::format("<U{}", code_points.size() / 4),
                     .shape = {},
                     .bytes = &code_points});
  std::vector<std::string> headers;
  headers.reserve(members.size());
  std::vector<zip_buffer_fragment_t> fragments;
  fragments.reserve(members.size() * 2);
  MemoryArchive archive;
  if (auto opened = archive.Open(); !opened) return std::unexpected(opened.error());
  for (const Member& member : members) {
    headers.push_back(NpyHeader(member));
    // libzip reads these fragments and never writes to them, but its type has no const.
    const auto fragment = [](const std::string& bytes) {
      auto* data = reinterpret_cast<zip_uint8_t*>(const_cast<char*>(bytes.data()));
      return zip_buffer_fragment_t{.data = data, .length = bytes.size()};
    };
    fragments.push_back(fragment(headers.back()));
    fragments.push_back(fragment(*member.bytes));
    auto added =
        archive.Add(std::string(member.name) + ".npy", &fragments[fragments.size() - 2], 2);
    if (!added) return std::unexpected(added.error());
  }
  return archive.Close();
}

}  // namespace reelbatch::store
