#include "store/npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::store {
namespace {

using ::testing::HasSubstr;

using contracts::MakeBoolTensor;
using contracts::MakeTensor;
using contracts::Tensor;

/// The .npy bytes of the first array of an archive: without compression they lie in it as they are.
std::string MemberOf(const Tensor& array) {
  const std::string zip = Npz({array}, "").value();
  const size_t start = zip.find("\x93NUMPY");
  EXPECT_NE(start, std::string::npos);
  const size_t header =
      static_cast<uint8_t>(zip[start + 8]) + static_cast<size_t>(zip[start + 9]) * 256;
  return zip.substr(start, 10 + header + array.bytes.size());
}

TEST(Npz, WritesTheFormatsHeader) {
  const std::vector<float> values = {1.0F, 2.0F};
  const std::string member = MemberOf(MakeTensor("x", values));
  EXPECT_EQ(member.substr(6, 2), std::string("\x01\x00", 2));
  EXPECT_THAT(member, HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"));
  EXPECT_EQ((member.size() - 8) % 64, 0U);
  EXPECT_EQ(member[member.size() - 9], '\n');
  EXPECT_EQ(member.substr(member.size() - 8), std::string("\x00\x00\x80\x3F\x00\x00\x00\x40", 8));
}

TEST(Npz, WritesEveryShape) {
  EXPECT_THAT(MemberOf(MakeTensor<int32_t>("x", {})),
              HasSubstr("'<i4', 'fortran_order': False, 'shape': (0,)"));
  EXPECT_THAT(MemberOf(MakeTensor<int16_t>("x", {})), HasSubstr("'<i2'"));
  EXPECT_THAT(MemberOf(MakeTensor<int64_t>("x", {})), HasSubstr("'<i8'"));
  EXPECT_THAT(MemberOf(MakeTensor<uint8_t>("x", {})), HasSubstr("'|u1'"));
  EXPECT_THAT(MemberOf(MakeTensor("x", std::vector<double>{100000.04})),
              HasSubstr("'<f8', 'fortran_order': False, 'shape': (1,)"));
  const std::vector<uint8_t> eight = {1, 0, 0, 0, 0, 1, 1, 0};
  EXPECT_THAT(MemberOf(MakeBoolTensor("x", eight, {2, 4})),
              HasSubstr("'|b1', 'fortran_order': False, 'shape': (2, 4)"));
  EXPECT_THAT(MemberOf(MakeBoolTensor("x", {}, {0, 4})), HasSubstr("'shape': (0, 4)"));
}

TEST(Npz, WritesMetaAsCodePoints) {
  const auto npz = Npz({}, "a\xC3\xA9\xF0\x9F\x8E\xAC\xFF");
  ASSERT_TRUE(npz);
  EXPECT_THAT(*npz, HasSubstr("'<U4', 'fortran_order': False, 'shape': ()"));
  const std::string points("a\0\0\0\xE9\0\0\0\xAC\xF3\x01\0\xFD\xFF\0\0", 16);
  EXPECT_THAT(*npz, HasSubstr(points));
  EXPECT_THAT(Npz({}, "").value(), HasSubstr("'<U1'"));
}

TEST(Npz, SameArraysSameBytes) {
  const std::vector<float> values(1000, 0.5F);
  const auto once = Npz({MakeTensor("a", values)}, "{}");
  const auto again = Npz({MakeTensor("a", values)}, "{}");
  ASSERT_TRUE(once && again);
  EXPECT_EQ(*once, *again);
  // Local header: time 0, date 0x0021, 1980-01-01.
  EXPECT_EQ(once->substr(10, 4), std::string("\x00\x00\x21\x00", 4));
}

TEST(Npz, BytesMustFillTheShape) {
  const auto wrong = Npz({Tensor{.name = "x", .shape = {3}, .bytes = "1234"}}, "");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::Code::kInternal);
  EXPECT_EQ(wrong.error().context, "npz array x");
}

}  // namespace
}  // namespace reelbatch::store
