#include "store/npz_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "store/npz.h"

namespace reelbatch::store {
namespace {

using base::Code;
using base::testing::TempFolder;
using contracts::MakeBoolTensor;
using contracts::MakeTensor;
using contracts::Tensor;
using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string Number(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> 8 * i & 0xFFU));
  return text;
}

/// Of a zip member: polynomial 0xEDB88320. Source: PKWARE's APPNOTE, 4.4.7.
uint32_t Crc32(std::string_view bytes) {
  uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1U ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

struct Member {
  std::string name;
  std::string bytes;
  int method = 0;  // 8: deflated
};

/// An archive that Npz() would not write. Source: PKWARE's APPNOTE, 4.3.
std::string Zip(const std::vector<Member>& members) {
  std::string zip;
  std::string directory;
  for (const Member& member : members) {
    const std::string common =
        Number(20, 2) + Number(0, 2) + Number(static_cast<uint64_t>(member.method), 2) +
        Number(0, 4) + Number(Crc32(member.bytes), 4) + Number(member.bytes.size(), 4) +
        Number(member.bytes.size(), 4) + Number(member.name.size(), 2) + Number(0, 2);
    directory += "PK\x01\x02" + Number(20, 2) + common + Number(0, 2) + Number(0, 2) +
                 Number(0, 2) + Number(0, 4) + Number(zip.size(), 4) + member.name;
    zip += "PK\x03\x04" + common + member.name + member.bytes;
  }
  const size_t at = zip.size();
  return zip + directory + "PK\x05\x06" + Number(0, 4) + Number(members.size(), 2) +
         Number(members.size(), 2) + Number(directory.size(), 4) + Number(at, 4) + Number(0, 2);
}

std::string Npy(const std::string& dict, const std::string& bytes) {
  return std::string("\x93NUMPY\x01\x00", 8) + Number(dict.size() + 1, 2) + dict + "\n" + bytes;
}

std::string Dict(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

Member Meta() { return {"meta.npy", Npy(Dict("<U2", "()"), std::string("{\0\0\0}\0\0\0", 8))}; }

class NpzReaderTest : public ::testing::Test {
 protected:
  base::Result<NpzContent> Read(const std::string& archive) const {
    return ReadNpz(temp_.Write("x.npz", archive));
  }
  /// The error of an archive whose one array is `array`.
  base::Error ErrorOf(const Member& array) const {
    const auto read = Read(Zip({array, Meta()}));
    EXPECT_FALSE(read);
    return read ? base::Error() : read.error();
  }

  TempFolder temp_;
};

TEST_F(NpzReaderTest, GivesBackWhatWasWritten) {
  const std::vector<Tensor> arrays = {
      MakeTensor("f4", std::vector<float>{1.5F, -2}),
      MakeTensor("i4", std::vector<int32_t>{1, -2, 3, 4, 5, 6}, {2, 3}),
      MakeTensor("i8", std::vector<int64_t>{INT64_MIN}),
      MakeTensor("u1", std::vector<uint8_t>{0, 255}),
      MakeTensor("f8", std::vector<double>{0.1}, {1, 1, 1}),
      MakeTensor<int16_t>("i2", {}),
      MakeBoolTensor("b1", {1, 0, 0, 1}, {1, 4}),
      MakeBoolTensor("none", {}, {0, 4}),
      Tensor{.name = "scalar", .type = contracts::ElementType::kFloat32, .bytes = "1234"}};
  for (const std::string& meta : {std::string(R"({"a":"é🎬"})"), std::string()}) {
    const auto read = Read(Npz(arrays, meta).value());
    ASSERT_TRUE(read) << read.error().Text();
    EXPECT_EQ(read->meta, meta);
    ASSERT_EQ(read->arrays.size(), arrays.size());
    for (size_t k = 0; k < arrays.size(); ++k) {
      EXPECT_EQ(read->arrays[k].name, arrays[k].name);
      EXPECT_EQ(read->arrays[k].type, arrays[k].type) << arrays[k].name;
      EXPECT_EQ(read->arrays[k].shape, arrays[k].shape) << arrays[k].name;
      EXPECT_EQ(read->arrays[k].bytes, arrays[k].bytes) << arrays[k].name;
    }
    EXPECT_EQ(Npz(read->arrays, read->meta).value(), Npz(arrays, meta).value());
  }
}

TEST_F(NpzReaderTest, RefusesAnArchiveThatWasCutShort) {
  const std::string whole = Npz({MakeTensor("x", std::vector<float>(100))}, "{}").value();
  for (const size_t kept : {size_t{0}, size_t{30}, whole.size() / 2, whole.size() - 1}) {
    const auto read = Read(whole.substr(0, kept));
    ASSERT_FALSE(read) << kept;
    EXPECT_EQ(read.error().code, Code::kCorrupt) << read.error().Text();
    EXPECT_THAT(read.error().context, EndsWith("x.npz"));
  }
}

TEST_F(NpzReaderTest, NoByteOfAnArrayCanChangeUnnoticed) {
  std::string damaged = Npz({MakeTensor("x", std::vector<float>(100))}, "{}").value();
  damaged[200] ^= 1;
  const auto read = Read(damaged);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kCorrupt);
  EXPECT_THAT(read.error().context, EndsWith("x.npz: x.npy"));
}

TEST_F(NpzReaderTest, RefusesWhatItDoesNotWrite) {
  EXPECT_THAT(ErrorOf({"x.npy", Npy(Dict("<c8", "(1,)"), "12345678")}).message, HasSubstr("<c8"));
  EXPECT_THAT(ErrorOf({"x.npy", Npy(Dict("|O", "(1,)"), "12345678")}).message, HasSubstr("|O"));
  const std::vector<std::string> headers = {
      "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
      "{'descr': '<f4",
      ""};
  for (const std::string& header : headers) {
    EXPECT_THAT(ErrorOf({"x.npy", Npy(header, "1234")}).message, HasSubstr("is not an array"))
        << header;
  }
  EXPECT_THAT(ErrorOf({"x.npy", "short"}).message, HasSubstr("is not an array"));
  EXPECT_THAT(ErrorOf({"x.txt", Npy(Dict("<f4", "(1,)"), "1234")}).message,
              HasSubstr("is not an array"));
  const Member deflated{"x.npy", Npy(Dict("<f4", "(1,)"), "1234"), 8};
  EXPECT_THAT(ErrorOf(deflated).message, HasSubstr("is compressed"));
  EXPECT_THAT(ErrorOf(deflated).context, EndsWith("x.npz: x.npy"));
}

TEST_F(NpzReaderTest, AShapeIsWhatTheBytesFill) {
  for (const char* shape :
       {"(2,)", "(0,)", "(4611686018427387905, 4)", "(9223372036854775807, 9223372036854775807, 0)",
        "(4294967296, 4294967296)", "(1, 1, 1, 1, 1, 1, 1, 1, 1, 3)"}) {
    const base::Error error = ErrorOf({"x.npy", Npy(Dict("<f4", shape), "1234")});
    EXPECT_EQ(error.code, Code::kCorrupt);
    EXPECT_THAT(error.message, HasSubstr("does not match its number of bytes")) << shape;
  }
}

TEST_F(NpzReaderTest, AMetaIsOneText) {
  const Member array{"x.npy", Npy(Dict("<f4", "(1,)"), "1234")};
  EXPECT_TRUE(Read(Zip({array, Meta()})));
  EXPECT_THAT(Read(Zip({array})).error().message, HasSubstr("meta.npy"));
  EXPECT_FALSE(Read(Zip({array, Meta(), Meta()})));
  EXPECT_THAT(Read(Zip({array, array, Meta()})).error().message, HasSubstr("twice"));
  for (const std::string& bytes :
       {std::string("\0\0\x11\0", 4), std::string("\0\xD8\0\0", 4), std::string("a")}) {
    EXPECT_FALSE(Read(Zip({{"meta.npy", Npy(Dict("<U1", "()"), bytes)}})));
  }
}

TEST_F(NpzReaderTest, MembersTogetherAreNoLargerThanTheirFile) {
  const Member array{"x.npy", Npy(Dict("|u1", "(4000,)"), std::string(4000, 'x'))};
  std::string zip = Zip({array, Meta()});
  // The directory names the array's bytes once more, under another name.
  const size_t first = zip.find("PK\x01\x02");
  const size_t second = zip.find("PK\x01\x02", first + 4);
  std::string again = zip.substr(first, second - first);
  again[again.size() - 5] = 'y';
  const size_t end = zip.find("PK\x05\x06");
  const size_t directory = end - first + again.size();
  zip = zip.substr(0, end) + again + "PK\x05\x06" + Number(0, 4) + Number(3, 2) + Number(3, 2) +
        Number(directory, 4) + Number(first, 4) + Number(0, 2);
  const auto read = Read(zip);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kCorrupt) << read.error().Text();
}

TEST_F(NpzReaderTest, AFileThatIsNotThere) {
  const auto read = ReadNpz(temp_.path() / "nothing.npz");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kIo);
}

}  // namespace
}  // namespace reelbatch::store
