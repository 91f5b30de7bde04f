#include "media/picture_converter.h"

#include <utility>

#include "gtest/gtest.h"
#include "media/encoder.h"

namespace reelbatch::media {
namespace {

TEST(EncodableFormat, KeepsDepthAndChroma) {
  const std::pair<AVPixelFormat, AVPixelFormat> cases[] = {
      {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV420P},      {AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P},
      {AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P},         {AV_PIX_FMT_P010, AV_PIX_FMT_YUV420P10},
      {AV_PIX_FMT_YUV420P9, AV_PIX_FMT_YUV420P10},   {AV_PIX_FMT_YUV422P12, AV_PIX_FMT_YUV422P10},
      {AV_PIX_FMT_YUVA444P16, AV_PIX_FMT_YUV444P10}, {AV_PIX_FMT_YUV411P, AV_PIX_FMT_YUV422P},
      {AV_PIX_FMT_YUV410P, AV_PIX_FMT_YUV420P},      {AV_PIX_FMT_YUV440P, AV_PIX_FMT_YUV444P},
      {AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUV420P},        {AV_PIX_FMT_GRAY16, AV_PIX_FMT_YUV420P10},
      {AV_PIX_FMT_RGB24, AV_PIX_FMT_YUV444P},        {AV_PIX_FMT_GBRP12, AV_PIX_FMT_YUV444P10},
      {AV_PIX_FMT_PAL8, AV_PIX_FMT_YUV444P},         {AV_PIX_FMT_RGB565, AV_PIX_FMT_YUV444P},
      {AV_PIX_FMT_MONOBLACK, AV_PIX_FMT_YUV420P},    {AV_PIX_FMT_UYVY422, AV_PIX_FMT_YUV422P},
      {AV_PIX_FMT_YUV422P10BE, AV_PIX_FMT_YUV422P10}};
  for (const auto& [from, to] : cases)
    EXPECT_STREQ(av_get_pix_fmt_name(EncodableFormat(from)), av_get_pix_fmt_name(to))
        << av_get_pix_fmt_name(from);
}

/// Every sample of every plane is `value`.
AvFrame Flat(AVPixelFormat format, int width, int height, int value) {
  auto frame = AllocatePicture(format, width, height);
  EXPECT_TRUE(frame);
  const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(format);
  for (int plane = 0; plane < descriptor.nb_components; ++plane) {
    const int rows = plane == 0 ? height : AV_CEIL_RSHIFT(height, descriptor.log2_chroma_h);
    for (int y = 0; y < rows; ++y) {
      uint8_t* row = (*frame)->data[plane] + static_cast<ptrdiff_t>((*frame)->linesize[plane]) * y;
      for (int x = 0; x < (*frame)->linesize[plane] / (descriptor.comp[0].depth > 8 ? 2 : 1); ++x) {
        if (descriptor.comp[0].depth > 8) {
          reinterpret_cast<uint16_t*>(row)[x] = static_cast<uint16_t>(value);
        } else {
          row[x] = static_cast<uint8_t>(value);
        }
      }
    }
  }
  return std::move(*frame);
}

/// The last sample of the first row and of the chroma, after a conversion to `to`.
std::pair<int, int> Converted(const AVFrame& frame, const PictureConverter::Target& to,
                              const PictureColours& colours = {}) {
  PictureConverter converter(to, frame.width, frame.height);
  const auto made = converter.Convert(frame, colours);
  EXPECT_TRUE(made) << (made ? "" : made.error().Text());
  if (!made) return {};
  const auto sample = [&](int plane) {
    const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(to.format);
    const int width = plane == 0 ? to.width : AV_CEIL_RSHIFT(to.width, descriptor.log2_chroma_w);
    const uint8_t* row = (*made)->data[plane];
    return descriptor.comp[0].depth > 8
               ? static_cast<int>(reinterpret_cast<const uint16_t*>(row)[width - 1])
               : static_cast<int>(row[width - 1]);
  };
  return {sample(0), sample(1)};
}

TEST(PictureConverter, CopiesShiftsAndRounds) {
  const PictureConverter::Target high{.format = AV_PIX_FMT_YUV420P10, .width = 34, .height = 18};
  EXPECT_EQ(Converted(*Flat(AV_PIX_FMT_YUV420P10, 35, 19, 513), high), std::pair(513, 513));
  EXPECT_EQ(Converted(*Flat(AV_PIX_FMT_YUV420P9, 35, 19, 257), high), std::pair(514, 514));
  EXPECT_EQ(Converted(*Flat(AV_PIX_FMT_YUV420P12, 35, 19, 2050), high), std::pair(513, 513));
  EXPECT_EQ(Converted(*Flat(AV_PIX_FMT_YUV420P12, 35, 19, 2049), high), std::pair(512, 512));
  EXPECT_EQ(Converted(*Flat(AV_PIX_FMT_YUV420P16, 35, 19, 65535), high), std::pair(1023, 1023));
}

TEST(PictureConverter, GrayGetsNeutralChromaAndKeepsItsLuma) {
  const PictureConverter::Target low{.format = AV_PIX_FMT_YUV420P, .width = 32, .height = 18};
  EXPECT_EQ(Converted(*Flat(AV_PIX_FMT_GRAY8, 33, 19, 20), low), std::pair(20, 128));
  const PictureConverter::Target high{.format = AV_PIX_FMT_YUV420P10, .width = 32, .height = 18};
  EXPECT_EQ(Converted(*Flat(AV_PIX_FMT_GRAY12, 33, 19, 400), high), std::pair(100, 512));
  auto with_alpha = AllocatePicture(AV_PIX_FMT_YA8, 32, 18);
  ASSERT_TRUE(with_alpha);
  for (int y = 0; y < 18; ++y) {
    for (int x = 0; x < 64; ++x) (*with_alpha)->data[0][(*with_alpha)->linesize[0] * y + x] = 77;
  }
  EXPECT_EQ(Converted(**with_alpha, low), std::pair(77, 128));
}

TEST(PictureConverter, RgbGoesThroughTheMatrixThatIsAskedFor) {
  auto red = AllocatePicture(AV_PIX_FMT_RGB24, 32, 16);
  ASSERT_TRUE(red);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 96; ++x)
      (*red)->data[0][(*red)->linesize[0] * y + x] = static_cast<uint8_t>(x % 3 == 0 ? 255 : 0);
  }
  const auto in = [&](AVColorSpace matrix) {
    return Converted(**red,
                     {.format = AV_PIX_FMT_YUV444P, .width = 32, .height = 16, .matrix = matrix});
  };
  EXPECT_NEAR(in(AVCOL_SPC_BT709).first, 63, 1);
  EXPECT_NEAR(in(AVCOL_SPC_BT2020_NCL).first, 74, 1);
  EXPECT_NEAR(in(AVCOL_SPC_SMPTE170M).first, 82, 1);
}

TEST(PictureConverter, AFrameOfAnotherSizeIsScaled) {
  PictureConverter converter({.format = AV_PIX_FMT_YUV420P, .width = 32, .height = 16}, 32, 16);
  const auto made = converter.Convert(*Flat(AV_PIX_FMT_YUV420P, 64, 48, 99), {});
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)->width, 32);
  EXPECT_NEAR((*made)->data[0][31], 99, 1);
}

}  // namespace
}  // namespace reelbatch::media
