#include "store/libraries.h"

#include <sqlite3.h>
#include <zip.h>

namespace reelbatch::store {

std::string SqliteVersion() { return sqlite3_libversion(); }

std::string LibzipVersion() { return zip_libzip_version(); }

}  // namespace reelbatch::store
