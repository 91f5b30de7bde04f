# What the library links, found once. The Debian packages it comes from: tools/debian-packages.txt. The two lists are
# also what reelbatchConfig.cmake finds for those who link the static library, and what reelbatch.pc names.
set(REELBATCH_PACKAGES fmt OpenSSL simdjson)
set(REELBATCH_PACKAGE_MODULES fmt libcrypto simdjson)  # the same, as pkg-config knows them
# "NAME module...": NAME is PkgConfig::REELBATCH_NAME.
set(REELBATCH_MODULES
  "HWY libhwy"
  "LIBAV libavformat libavcodec libswscale libswresample libavutil"
  "SQLITE sqlite3"
  "LIBZIP libzip"
  "PROMETHEUS prometheus-cpp-core")

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)  # headers alone: nobody who links the library needs it
foreach(package IN LISTS REELBATCH_PACKAGES)
  find_package(${package} REQUIRED)
endforeach()
foreach(entry IN LISTS REELBATCH_MODULES)
  separate_arguments(modules UNIX_COMMAND "${entry}")
  list(POP_FRONT modules name)
  pkg_check_modules(REELBATCH_${name} REQUIRED IMPORTED_TARGET ${modules})
endforeach()
include(ReelbatchKserve)
